/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Activation;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.Route;
import dev.sinter.graph.Route.Weighting;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;

/** The experts of the Qwen families, and their dense MLPs, which are of the same class. */
record QwenExperts(
    String mlpClass,
    Route route,
    Mixture mixture,
    int expertIntermediate,
    int denseIntermediate,
    Activation activation) {

  static QwenExperts of(ModelConfig config, String family, TraceOptions options) {
    int experts = config.repeatsOfEither("num_experts", "num_local_experts");
    int perToken = config.sizeUpTo("num_experts_per_tok", "num_experts", experts);
    Weighting.Sum sum =
        config.flag("norm_topk_prob", false) ? Weighting.Sum.ONE : Weighting.Sum.AS_IT_IS;
    return new QwenExperts(
        family + "MLP",
        Route.softmax(perToken, sum, Weighting.Type.OF_LOGITS),
        new Mixture(experts, family + "Experts", family + "MLP", options.experts()),
        config.size("moe_intermediate_size"),
        config.size("intermediate_size"),
        ActivationConfig.of(config, "hidden_act", "silu"));
  }

  /** What the experts that a token is routed to make of it; the block's module is open. */
  Value routed(Tracer tracer, Value x) {
    return mixture.trace(
        tracer,
        x,
        tracer.apply(route, mixture.logits(tracer, x)),
        y -> Blocks.gatedMlp(tracer, y, expertIntermediate, activation, Bias.ABSENT));
  }

  /** The MLP of a layer without experts. */
  Value dense(Tracer tracer, Value x) {
    return mlp(tracer, "mlp", x, denseIntermediate);
  }

  /** An MLP that every token sees. */
  Value mlp(Tracer tracer, String name, Value x, int width) {
    try (var module = tracer.module(name, mlpClass)) {
      return Blocks.gatedMlp(tracer, x, width, activation, Bias.ABSENT);
    }
  }
}
