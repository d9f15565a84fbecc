/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.PendingFile;
import dev.sinter.checkpoint.RangeReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;

/** The activations of one slice in the workspace: for each micro-batch its length and its bytes. */
public final class ActivationFile {
  private ActivationFile() {}

  /** Writes a slice's micro-batches, and returns the file's name, which no other attempt uses. */
  public static String write(RunContext run, Iterator<byte[]> blocks) throws IOException {
    String name = UUID.randomUUID() + ".activations";
    try (PendingFile file = run.activationStore().create(name)) {
      while (blocks.hasNext()) {
        byte[] block = blocks.next();
        file.write(ByteBuffer.allocate(Long.BYTES).putLong(block.length).flip());
        file.write(ByteBuffer.wrap(block));
      }
      file.commit();
    }
    return name;
  }

  public static List<byte[]> read(RunContext run, String name) throws IOException {
    FileStore store = run.activationStore();
    List<byte[]> blocks = new ArrayList<>();
    try (RangeReader reader = store.open(name)) {
      long position = 0;
      while (position < reader.size()) {
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES);
        reader.readFully(position, length);
        byte[] block = new byte[Math.toIntExact(length.getLong(0))];
        reader.readFully(position + Long.BYTES, ByteBuffer.wrap(block));
        blocks.add(block);
        position += Long.BYTES + block.length;
      }
    }
    return blocks;
  }
}
