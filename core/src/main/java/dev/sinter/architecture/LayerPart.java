/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;

/** The attention of a family's layers, or what stands for their MLP. */
@FunctionalInterface
interface LayerPart {
  Value trace(Tracer tracer, int layer, Value x);
}
