/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;

/** The attention of a family's layers. */
@FunctionalInterface
interface LayerAttention {
  Value trace(Tracer tracer, int layer, Value x);
}
