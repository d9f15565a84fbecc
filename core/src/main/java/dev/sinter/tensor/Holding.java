/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.tensor;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.javacpp.Pointer;

/**
 * Tensors that outlive the scope which made them, until their holder closes. For caches and
 * accumulators.
 */
public final class Holding implements AutoCloseable {
  private final Deque<Pointer> held = new ArrayDeque<>();

  /** Keeps a tensor alive until {@link #close}, and returns it. */
  public synchronized <P extends Pointer> P hold(P pointer) {
    held.push(pointer.retainReference());
    return pointer;
  }

  @Override
  public synchronized void close() {
    while (!held.isEmpty()) {
      held.pop().releaseReference();
    }
  }
}
