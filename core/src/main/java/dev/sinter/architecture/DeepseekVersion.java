/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Rope.Pairs;
import dev.sinter.graph.Route;
import dev.sinter.graph.Route.Groups;
import dev.sinter.graph.Route.Scores;
import dev.sinter.graph.Route.Weighting;
import dev.sinter.graph.Route.Weighting.Sum;
import dev.sinter.graph.Route.Weighting.Type;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
import dev.sinter.tensor.Shape;
import java.util.List;

/** Where the versions of DeepSeek differ: names, and how experts are chosen. */
enum DeepseekVersion {
  V2("DeepseekV2", "DeepseekV2Moe") {
    @Override
    Pairs pairs(ModelConfig config) {
      return Pairs.NEIGHBOURS;
    }

    /** arXiv 2405.04434, section 2.2. */
    @Override
    Route route(ModelConfig config, int experts) {
      config.oneOf("scoring_func", List.of("softmax"), "softmax");
      config.mustBeFalse("norm_topk_prob");
      String method =
          config.oneOf("topk_method", List.of("greedy", "group_limited_greedy"), "greedy");
      return new Route(
          Scores.SOFTMAX,
          config.sizeUpTo("num_experts_per_tok", "n_routed_experts", experts),
          method.equals("greedy") ? Groups.NONE : groups(config, experts, Groups.Best.MAX),
          new Weighting(Sum.AS_IT_IS, config.number("routed_scaling_factor", 1), Type.F32),
          "");
    }

    @Override
    Value chosen(Tracer tracer, Route route, Value logits) {
      return tracer.apply(route, logits);
    }
  },

  V3("DeepseekV3", "DeepseekV3MoE") {
    @Override
    Pairs pairs(ModelConfig config) {
      return config.flag("rope_interleave", true) ? Pairs.NEIGHBOURS : Pairs.HALVES;
    }

    /** arXiv 2412.19437, section 2.1.2. */
    @Override
    Route route(ModelConfig config, int experts) {
      config.oneOf("scoring_func", List.of("sigmoid"), "sigmoid");
      config.oneOf("topk_method", List.of("noaux_tc"), "noaux_tc");
      Sum sum = config.flag("norm_topk_prob", true) ? Sum.ONE : Sum.AS_IT_IS;
      return new Route(
          Scores.SIGMOID,
          config.sizeUpTo("num_experts_per_tok", "n_routed_experts", experts),
          groups(config, experts, Groups.Best.SUM_OF_TWO),
          new Weighting(sum, config.number("routed_scaling_factor", 2.5), Type.F32),
          "");
    }

    @Override
    Value chosen(Tracer tracer, Route route, Value logits) {
      Shape shape = Shape.of(logits.channels());
      String correction = tracer.parameter("gate.e_score_correction_bias", shape);
      return tracer.apply(route.correctedBy(correction), logits);
    }
  };

  private final String family;
  private final String mixtureClass;

  DeepseekVersion(String family, String mixtureClass) {
    this.family = family;
    this.mixtureClass = mixtureClass;
  }

  static DeepseekVersion of(ModelConfig config) {
    return config.modelType().equals("deepseek_v2") ? V2 : V3;
  }

  /** What the names of its classes begin with. */
  String family() {
    return family;
  }

  String mixtureClass() {
    return mixtureClass;
  }

  /** Which channels turn with each other. */
  abstract Pairs pairs(ModelConfig config);

  abstract Route route(ModelConfig config, int experts);

  /** The weights of the experts by their logits; the module of the mixture is open. */
  abstract Value chosen(Tracer tracer, Route route, Value logits);

  private static Groups groups(ModelConfig config, int experts, Groups.Best best) {
    int count = config.size("n_group");
    int chosen = config.sizeUpTo("topk_group", "n_group", count);
    int perToken = config.size("num_experts_per_tok");
    int perGroup = best == Groups.Best.SUM_OF_TWO && count > 1 ? 2 : 1;
    if (experts % count != 0 || experts / count < perGroup) {
      config.problem(
          "n_routed_experts " + experts + " do not fall into n_group " + count + " equal groups");
    } else if (perToken > experts / count * chosen) {
      config.problem(
          "num_experts_per_tok is "
              + perToken
              + ", and topk_group "
              + chosen
              + " of n_group "
              + count
              + " hold "
              + experts / count * chosen
              + " experts");
    }
    return new Groups(count, chosen, best);
  }
}
