/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import dev.sinter.checkpoint.TensorWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * A file that is being fetched. What an earlier run left of it is kept; the hash is that of all
 * bytes.
 */
final class PartialFile implements AutoCloseable {
  private static final int BLOCK = 1 << 20;

  private final Path path;
  private final FileChannel channel;
  private MessageDigest sha256 = TensorWriter.sha256();
  private long size;

  private PartialFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  static PartialFile open(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    PartialFile file = new PartialFile(path, channel);
    try {
      ByteBuffer block = ByteBuffer.allocate(BLOCK);
      while (channel.read(block.clear()) >= 0) {
        file.sha256.update(block.flip());
        file.size += block.limit();
      }
      return file;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  long size() {
    return size;
  }

  void append(byte[] bytes, int count) throws IOException {
    ByteBuffer block = ByteBuffer.wrap(bytes, 0, count);
    while (block.hasRemaining()) {
      channel.write(block, size + block.position());
    }
    sha256.update(bytes, 0, count);
    size += count;
  }

  /** Throws away what is there. */
  void restart() throws IOException {
    channel.truncate(0);
    sha256 = TensorWriter.sha256();
    size = 0;
  }

  /** The hash of all bytes; nothing may be appended after it. */
  String sha256() {
    return HexFormat.of().formatHex(sha256.digest());
  }

  /** Gives the whole file its name, once it is on the disk. */
  void move(Path target) throws IOException {
    channel.force(true);
    Files.move(path, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  void delete() throws IOException {
    Files.deleteIfExists(path);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
