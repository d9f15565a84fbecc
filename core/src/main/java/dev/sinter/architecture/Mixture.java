/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.ExpertCoverage;
import dev.sinter.graph.Experts;
import dev.sinter.graph.Experts.Router;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
import java.util.function.UnaryOperator;

/** The experts of a layer: each a module by its number, run on what is routed to it. */
record Mixture(int experts, String className, String expertClass, ExpertCoverage coverage) {

  /** The logits of a router without a bias, as most families have it. */
  Value logits(Tracer tracer, Value x) {
    return tracer.router("gate", x, experts, Bias.ABSENT, Router.Precision.OF_MODEL);
  }

  /** The sum of the experts' outputs, weighted by the routing; the expert's own module is open. */
  Value trace(Tracer tracer, Value x, Value routing, UnaryOperator<Value> expert) {
    Value sum = tracer.apply(new Experts.Nothing(), x);
    try (var list = tracer.module("experts", className)) {
      for (int e = 0; e < experts; e++) {
        try (var module = tracer.module(String.valueOf(e), expertClass)) {
          Value seen =
              coverage == ExpertCoverage.ALL ? x : tracer.apply(new Experts.Select(e), x, routing);
          Value output = expert.apply(seen);
          sum = tracer.apply(new Experts.AddRouted(e, coverage), sum, output, routing);
        }
      }
    }
    return tracer.apply(new Experts.Rounded(), sum, x);
  }
}
