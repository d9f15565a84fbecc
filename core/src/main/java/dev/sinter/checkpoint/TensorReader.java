/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;

/**
 * Reads tensors, or blocks of their rows, of one folder into native memory; keeps its files open.
 * For one thread.
 */
public final class TensorReader implements Closeable {
  private final FileStore store;
  private final Map<String, RangeReader> open = new HashMap<>();

  public TensorReader(FileStore store) {
    this.store = store;
  }

  /** A tensor, in the innermost scope. */
  public Tensor read(TensorEntry entry) throws IOException {
    Tensor tensor = Tensors.empty(entry.spec().dtype(), entry.spec().shape());
    readInto(entry, 0, tensor);
    return tensor;
  }

  /** Some rows of a tensor, in the innermost scope. */
  public Tensor readRows(TensorEntry entry, long firstRow, long rows) throws IOException {
    List<Long> dimensions = new ArrayList<>(entry.spec().shape().dimensions());
    Objects.checkFromIndexSize(firstRow, rows, dimensions.get(0));
    long rowBytes = dimensions.get(0) == 0 ? 0 : entry.spec().bytes() / dimensions.get(0);
    dimensions.set(0, rows);
    Tensor block = Tensors.empty(entry.spec().dtype(), new Shape(dimensions));
    readInto(entry, firstRow * rowBytes, block);
    return block;
  }

  private void readInto(TensorEntry entry, long skip, Tensor tensor) throws IOException {
    RangeReader reader = reader(entry.file());
    Tensors.<IOException>pieces(
        tensor,
        (offset, piece) ->
            SafetensorsHeader.readFully(
                reader, entry.file(), entry.offset() + skip + offset, piece));
  }

  /** Copies a range of a tensor's bytes through the buffer to a writer. */
  public void copy(TensorEntry entry, TensorWriter writer, ByteBuffer buffer) throws IOException {
    RangeReader reader = reader(entry.file());
    long bytes = entry.spec().bytes();
    for (long done = 0; done < bytes; ) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), bytes - done));
      SafetensorsHeader.readFully(reader, entry.file(), entry.offset() + done, buffer);
      done += buffer.flip().remaining();
      writer.write(buffer);
    }
  }

  private RangeReader reader(String file) throws IOException {
    RangeReader reader = open.get(file);
    if (reader == null) {
      reader = store.open(file);
      open.put(file, reader);
    }
    return reader;
  }

  @Override
  public void close() throws IOException {
    for (RangeReader reader : open.values()) {
      reader.close();
    }
    open.clear();
  }
}
