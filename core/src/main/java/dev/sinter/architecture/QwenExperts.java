/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Activation;
import dev.sinter.graph.Experts.Router;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.Route;
import dev.sinter.graph.Route.Weighting;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;

/** The experts of the Qwen families, and their dense MLPs, which are of the same class. */
record QwenExperts(
    String mlpClass, Route route, Mixture mixture, int intermediate, Activation activation) {

  static QwenExperts of(ModelConfig config, String family, TraceOptions options) {
    int experts = config.sizeOfEither("num_experts", "num_local_experts");
    Weighting.Sum sum =
        config.flag("norm_topk_prob", false) ? Weighting.Sum.ONE : Weighting.Sum.AS_IT_IS;
    return new QwenExperts(
        family + "MLP",
        Route.softmax(
            config.sizeUpTo("num_experts_per_tok", "num_experts", experts),
            sum,
            Weighting.Type.OF_LOGITS),
        new Mixture(experts, family + "Experts", family + "MLP", options.experts()),
        config.size("moe_intermediate_size"),
        ActivationConfig.of(config, "hidden_act", "silu"));
  }

  /** What the experts that a token is routed to make of it; the block's module is open. */
  Value routed(Tracer tracer, Value x) {
    Value logits =
        tracer.router("gate", x, mixture.experts(), Bias.ABSENT, Router.Precision.OF_MODEL);
    return mixture.trace(
        tracer,
        x,
        tracer.apply(route, logits),
        y -> Blocks.gatedMlp(tracer, y, intermediate, activation, Bias.ABSENT));
  }

  /** An MLP that every token sees. */
  Value dense(Tracer tracer, String name, Value x, int width) {
    try (var module = tracer.module(name, mlpClass)) {
      return Blocks.gatedMlp(tracer, x, width, activation, Bias.ABSENT);
    }
  }
}
