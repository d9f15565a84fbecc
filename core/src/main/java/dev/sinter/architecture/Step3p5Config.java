/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Experts.Router.Precision;
import dev.sinter.graph.RmsNorm.Scaling;
import dev.sinter.graph.Rope;
import dev.sinter.graph.Route;
import dev.sinter.graph.Route.Groups;
import dev.sinter.graph.Route.Scores;
import dev.sinter.graph.Route.Weighting;
import dev.sinter.graph.Route.Weighting.Sum;
import dev.sinter.graph.Route.Weighting.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What Step 3.5's config.json says; much of it layer by layer. */
record Step3p5Config(
    Norm norm,
    Norm headNorm,
    int intermediate,
    int experts,
    int expertIntermediate,
    int sharedIntermediate,
    Route route,
    boolean correctsRoutes,
    boolean gatesHeads,
    Precision routerPrecision,
    List<LayerConfig> layers) {
  Step3p5Config {
    layers = List.copyOf(layers);
  }

  /**
   * One layer.
   *
   * @param window how many tokens it sees
   * @param expertLimit where the gates and ups of routed experts are cut
   * @param sharedLimit the same of the expert that every token sees, and of a dense MLP
   */
  record LayerConfig(
      Heads heads,
      Rope rope,
      long window,
      boolean isSparse,
      double expertLimit,
      double sharedLimit) {}

  static Step3p5Config of(ModelConfig config, int layers) {
    double epsilon = config.number("rms_norm_eps", 1e-5);
    int channels = config.size("head_dim");
    int experts = config.repeats("moe_num_experts");
    List.of("use_qk_norm", "zero_centered").forEach(config::mustBeTrue);
    List.of("sink", "attention_bias").forEach(config::mustBeFalse);
    config.mustBeEmpty("use_rope_layers");
    return new Step3p5Config(
        Norm.rms("Step3p5RMSNorm", epsilon, Scaling.OFFSET),
        Norm.rmsOfHeads("Step3p5RMSNorm", channels, epsilon, Scaling.OFFSET),
        config.size("intermediate_size"),
        experts,
        config.size("moe_intermediate_size"),
        config.sizeOfEither("share_expert_dim", "share_expert_dims"),
        route(config, experts),
        config.flag("use_moe_router_bias", true),
        config.flag("use_head_wise_attn_gate", true),
        config.flag("need_fp32_gate", false) ? Precision.F32 : Precision.OF_MODEL,
        layers(config, layers, channels));
  }

  private static Route route(ModelConfig config, int experts) {
    String scores = config.oneOf("moe_router_activation", List.of("sigmoid", "softmax"), "sigmoid");
    return new Route(
        scores.equals("sigmoid") ? Scores.SIGMOID : Scores.SOFTMAX,
        config.sizeUpTo("moe_top_k", "moe_num_experts", experts),
        Groups.NONE,
        new Weighting(
            config.flag("norm_expert_weight", true) ? Sum.ONE : Sum.AS_IT_IS,
            config.number("moe_router_scaling_factor", 1),
            Type.F32),
        "");
  }

  private static List<LayerConfig> layers(ModelConfig config, int layers, int channels) {
    PerLayer each = new PerLayer(config, layers, config.count("num_nextn_predict_layers", 0));
    List<String> types = each.words("layer_types", LayerTypes.KNOWN, LayerTypes.FULL);
    Heads full = heads(config, channels);
    Heads others =
        config.section("attention_other_setting").map(o -> heads(o, channels)).orElse(full);
    long window = types.contains(LayerTypes.SLIDING) ? config.size("sliding_window") : 1;
    List<Double> thetas = each.numbers("rope_theta", 10_000);
    List<Double> parts = each.numbers("partial_rotary_factors", 1);
    List<Double> expertLimits = each.numbers("swiglu_limits", 0);
    List<Double> sharedLimits = each.numbers("swiglu_limits_shared", 0);
    List<Integer> sparse = each.members("moe_layers_enum", 3);
    List<String> said = config.words("yarn_only_types", LayerTypes.KNOWN);
    List<String> scaled = said.isEmpty() ? List.of(LayerTypes.FULL) : said;
    Optional<ModelConfig> scaling = config.section("rope_scaling");
    List<LayerConfig> read = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      String type = types.get(i);
      boolean slides = type.equals(LayerTypes.SLIDING);
      Optional<ModelConfig> own = scaling.filter(section -> scaled.contains(type));
      read.add(
          new LayerConfig(
              slides ? others : full,
              RopeConfig.rope(config, own, channels, thetas.get(i), parts.get(i)),
              slides ? window : Long.MAX_VALUE,
              sparse.contains(i),
              limit(expertLimits.get(i)),
              limit(sharedLimits.get(i))));
    }
    return read;
  }

  private static Heads heads(ModelConfig section, int channels) {
    int queries = section.size("num_attention_heads");
    int keys = section.optionalSize("num_attention_groups").orElse(queries);
    int own = section.optionalSize("head_dim").orElse(channels);
    if (queries % keys != 0) {
      section.problem(
          "num_attention_heads " + queries + " is no multiple of num_attention_groups " + keys);
    }
    if (own != channels) {
      section.problem("head_dim is " + own + ", and that of the model is " + channels);
    }
    return new Heads(queries, queries % keys == 0 ? keys : queries, channels);
  }

  /** No limit is written as 0. */
  private static double limit(double said) {
    return said == 0 ? Double.POSITIVE_INFINITY : said;
  }
}
