/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import dev.sinter.tensor.Tensors;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;
import org.bytedeco.pytorch.Tensor;

/**
 * Writes a safetensors file in a stream: the header first, then the tensors in the layout's order,
 * each in as many pieces as its source has. Holds no tensor, and hashes what passes.
 */
public final class TensorWriter implements Closeable {
  private final PendingFile file;
  private final String name;
  private final Iterator<TensorSpec> order;
  private final MessageDigest sha256 = sha256();
  private long size;
  private long missing;
  private String current = "the header";

  public TensorWriter(FileStore store, String name, SafetensorsLayout layout) throws IOException {
    ByteBuffer header = layout.header();
    this.file = store.create(name);
    this.name = name;
    this.order = layout.tensors().iterator();
    try {
      append(header);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** Begins the next tensor, which must be that one, whole tensors having been written before. */
  public void begin(TensorSpec tensor) throws IOException {
    requireWhole();
    if (!order.hasNext()) {
      throw new IOException(name + " has no place for " + tensor.name());
    }
    TensorSpec next = order.next();
    if (!next.equals(tensor)) {
      throw new IOException(name + " expects " + next + " next, not " + tensor);
    }
    current = next.name();
    missing = next.bytes();
  }

  /** Appends bytes of the tensor begun last. */
  public void write(ByteBuffer bytes) throws IOException {
    if (bytes.remaining() > missing) {
      throw new IOException(
          current
              + " in "
              + name
              + " would get "
              + (bytes.remaining() - missing)
              + " bytes too many");
    }
    missing -= bytes.remaining();
    append(bytes);
  }

  /** Writes a whole tensor from host memory. */
  public void write(TensorSpec spec, Tensor tensor) throws IOException {
    begin(spec);
    Tensors.<IOException>pieces(tensor, (offset, piece) -> write(piece));
  }

  /** Commits the file and returns what was written. */
  public WrittenFile commit() throws IOException {
    requireWhole();
    if (order.hasNext()) {
      throw new IOException(name + " lacks " + order.next().name());
    }
    file.commit();
    return new WrittenFile(name, size, HexFormat.of().formatHex(sha256.digest()));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private void requireWhole() throws IOException {
    if (missing != 0) {
      throw new IOException(current + " in " + name + " lacks " + missing + " bytes");
    }
  }

  private void append(ByteBuffer bytes) throws IOException {
    size += bytes.remaining();
    sha256.update(bytes.duplicate());
    file.write(bytes);
  }

  /** The digest that every identity here is made with. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /** The digest of some bytes, in hexadecimal. */
  public static String sha256Hex(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }
}
