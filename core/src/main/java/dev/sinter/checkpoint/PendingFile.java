/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A file being written, strictly from front to back. Closing it without a commit leaves no trace.
 */
public interface PendingFile extends Closeable {

  /** Appends what remains of the buffer. */
  void write(ByteBuffer bytes) throws IOException;

  /** Makes the file durable and visible under its name, replacing what was there. */
  void commit() throws IOException;
}
