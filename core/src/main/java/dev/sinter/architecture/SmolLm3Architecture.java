/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import java.util.List;
import java.util.stream.IntStream;

/** SmolLM 3: as Llama, but that every fourth layer knows no positions. */
final class SmolLm3Architecture implements Architecture {
  @Override
  public List<String> modelTypes() {
    return List.of("smollm3");
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    Decoder decoder = Decoder.of(config, Names.of("SmolLM3"), Decoder.Head.TIED);
    Heads heads = HeadConfig.grouped(config);
    Bias bias = config.bias("attention_bias");
    List<Boolean> turned = turned(config, decoder.layers());
    boolean windows = config.flag("use_sliding_window", false) && config.has("sliding_window");
    Turning turning = Turning.by(RopeConfig.rope(config, heads.channels(), 2e6));
    PreNormBody body =
        new PreNormBody(
            new RotaryAttention(
                "SmolLM3Attention",
                Attention.causal("", heads),
                LayerTypes.of(config, decoder.layers(), layer -> windows && !turned.get(layer)),
                turning.inLayers(turned),
                Norm.none(),
                bias,
                bias),
            GatedMlp.of(config, "SmolLM3MLP", config.bias("mlp_bias")),
            Norm.rms("SmolLM3RMSNorm", config.number("rms_norm_eps", 1e-6), Scaling.ROUNDED));
    config.requireValid();
    return decoder.trace(body);
  }

  /** What {@code no_rope_layers} says, whose ones are the layers that do turn. */
  private static List<Boolean> turned(ModelConfig config, int layers) {
    int interval = config.optionalSize("no_rope_layer_interval").orElse(4);
    List<Double> said = new PerLayer(config, layers, 0).numbers("no_rope_layers", 1);
    return IntStream.range(0, layers)
        .mapToObj(i -> config.has("no_rope_layers") ? said.get(i) != 0 : (i + 1) % interval != 0)
        .toList();
  }
}
