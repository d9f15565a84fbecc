/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import org.bytedeco.pytorch.Tensor;

/** Where operations find their parameters. */
@FunctionalInterface
public interface Weights {
  /**
   * The parameter of that name, in the shape that the graph declares, however a checkpoint stores
   * it; it belongs to the provider and is not freed by the caller.
   */
  Tensor parameter(String name);
}
