/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A file open for reads at any position. Not for use by several threads at once. */
public interface RangeReader extends Closeable {

  /** The file's size when it was opened. */
  long size();

  /**
   * Fills what remains of the buffer from that position; an EOFException if the file ends before.
   */
  void readFully(long position, ByteBuffer into) throws IOException;
}
