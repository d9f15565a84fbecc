/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.tensor;

import java.util.Iterator;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;

/**
 * The life of native memory: what a thread allocates while a scope is open is freed when the scope
 * closes. A method opens its scope and closes it; a result leaves by {@link #keep}, into the scope
 * that encloses this one, or into a {@link Holding}. No gradients are recorded inside (the setting
 * belongs to the thread).
 */
public final class Scope implements AutoCloseable {
  private final PointerScope pointers;

  private Scope() {
    Torch.load();
    this.pointers = new PointerScope();
    // The guard lies in the scope and ends with it.
    new NoGradGuard();
  }

  public static Scope open() {
    return new Scope();
  }

  /** Hands a tensor over to the enclosing scope of this thread, and returns it. */
  public <P extends Pointer> P keep(P pointer) {
    Iterator<PointerScope> scopes = PointerScope.getScopeIterator();
    while (scopes != null && scopes.hasNext()) {
      if (scopes.next() == pointers && scopes.hasNext()) {
        scopes.next().attach(pointer);
        return pointer;
      }
    }
    throw new IllegalStateException("No scope encloses this one: the kept tensor would leak");
  }

  @Override
  public void close() {
    pointers.close();
  }
}
