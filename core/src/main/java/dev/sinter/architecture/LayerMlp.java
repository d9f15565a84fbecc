/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;

/** The MLP of a family's layers. */
@FunctionalInterface
interface LayerMlp {
  Value trace(Tracer tracer, Value x);
}
