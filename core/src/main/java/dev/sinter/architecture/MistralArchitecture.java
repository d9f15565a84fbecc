/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import java.util.List;

/**
 * Mistral (arXiv 2310.06825): as Llama, with layers that see a window; and Ministral, where only
 * some do. A Mistral that says so layer by layer is a Ministral, as in Transformers.
 */
final class MistralArchitecture implements Architecture {
  private static final String MINISTRAL = "ministral";
  private static final int USUAL_WINDOW = 4096;

  @Override
  public List<String> modelTypes() {
    return List.of("mistral", MINISTRAL);
  }

  @Override
  public Graph trace(ModelConfig config, TraceOptions options) {
    boolean byLayer = config.modelType().equals(MINISTRAL) || config.has("layer_types");
    String family = byLayer ? "Ministral" : "Mistral";
    Decoder decoder = Decoder.of(config, Names.of(family), Decoder.Head.OWN);
    Heads heads = HeadConfig.grouped(config);
    boolean windows = config.sizeOrNone("sliding_window", USUAL_WINDOW).isPresent();
    PreNormBody body =
        new PreNormBody(
            new RotaryAttention(
                family + "Attention",
                Attention.causal("", heads),
                LayerTypes.of(config, decoder.layers(), USUAL_WINDOW, layer -> windows),
                Turning.by(RopeConfig.rope(config, heads.channels(), 10_000)),
                Norm.none(),
                Bias.ABSENT,
                Bias.ABSENT),
            GatedMlp.of(config, family + "MLP", Bias.ABSENT),
            Norm.rms(family + "RMSNorm", config.number("rms_norm_eps", 1e-6), Scaling.ROUNDED));
    config.requireValid();
    return decoder.trace(body);
  }
}
