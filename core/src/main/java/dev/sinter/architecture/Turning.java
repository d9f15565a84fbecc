/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Rope;
import dev.sinter.graph.Tracer;
import java.util.List;

/** How the queries and keys of a layer are turned by their positions. */
@FunctionalInterface
interface Turning {
  Qkv turn(Tracer tracer, int layer, Qkv qkv);

  /** The same in some layers, and not at all in the others. */
  default Turning inLayers(List<Boolean> turned) {
    return (tracer, layer, qkv) -> turned.get(layer) ? turn(tracer, layer, qkv) : qkv;
  }

  /** Alike in every layer. */
  static Turning by(Rope rope) {
    return (tracer, layer, qkv) -> qkv.turned(tracer, rope);
  }

  /** Otherwise in layers that see a window. */
  static Turning by(LayerTypes types, Rope full, Rope sliding) {
    return (tracer, layer, qkv) -> qkv.turned(tracer, types.isSliding(layer) ? sliding : full);
  }
}
