/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.LayerNorm.Affine;
import dev.sinter.graph.RmsNorm.Scaling;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;

/** A kind of norm, of which a model has many. */
@FunctionalInterface
interface Norm {
  Value trace(Tracer tracer, String name, Value x);

  /** What changes nothing. */
  static Norm none() {
    return (tracer, name, x) -> x;
  }

  /** RMS norms of a class. */
  static Norm rms(String className, double epsilon, Scaling scaling) {
    return (tracer, name, x) -> tracer.rmsNorm(name, className, x, x.channels(), epsilon, scaling);
  }

  /** RMS norms of a class over so many channels: of each head by itself. */
  static Norm rmsOfHeads(String className, long channels, double epsilon, Scaling scaling) {
    return (tracer, name, x) -> tracer.rmsNorm(name, className, x, channels, epsilon, scaling);
  }

  static Norm layer(double epsilon, Affine affine) {
    return (tracer, name, x) -> tracer.layerNorm(name, x, epsilon, affine);
  }
}
