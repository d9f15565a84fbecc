/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.checkpoint.PendingFile;
import dev.sinter.checkpoint.RangeReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;
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

  /** A slice's micro-batches, read one when the next is asked for. */
  public static Blocks read(RunContext run, String name) throws IOException {
    return new Blocks(run.activationStore().open(name));
  }

  /** Micro-batches in a file, which is closed behind the last. */
  public static final class Blocks implements Iterator<byte[]>, Closeable {
    private final RangeReader reader;
    private long position;

    private Blocks(RangeReader reader) {
      this.reader = reader;
    }

    @Override
    public boolean hasNext() {
      boolean more = position < reader.size();
      if (!more) {
        close();
      }
      return more;
    }

    @Override
    public byte[] next() {
      if (!hasNext()) {
        throw new NoSuchElementException("All micro-batches were read");
      }
      try {
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES);
        reader.readFully(position, length);
        byte[] block = new byte[Math.toIntExact(length.getLong(0))];
        reader.readFully(position + Long.BYTES, ByteBuffer.wrap(block));
        position += Long.BYTES + block.length;
        return block;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      try {
        reader.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
