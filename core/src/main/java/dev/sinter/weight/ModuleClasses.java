/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.architecture.ModelConfig;
import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.ModuleInfo.Reach;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The classes of modules from their names, as Transformers' families name them. For families that
 * are listed here the names tell; for others they are a guess.
 */
public final class ModuleClasses {
  /** Families whose matrices are linear but for those that are named as embeddings and routers. */
  private static final Set<String> NAMES_TELL =
      Set.of(
          "afmoe",
          "apertus",
          "arcee",
          "aya_vision",
          "bamba",
          "bitnet",
          "cohere",
          "cohere2",
          "cohere2_moe",
          "dbrx",
          "deepseek_v2",
          "deepseek_v3",
          "deepseek_v4",
          "ernie4_5",
          "ernie4_5_moe",
          "exaone",
          "exaone4",
          "exaone_moe",
          "falcon",
          "falcon_h1",
          "flex_olmo",
          "gemma",
          "gemma2",
          "gemma3",
          "gemma3_text",
          "gemma3n",
          "gemma4",
          "gemma4_text",
          "glm",
          "glm4",
          "glm4_moe",
          "glm4_moe_lite",
          "glm4v",
          "glm_moe_dsa",
          "gpt2",
          "gpt_neox",
          "gpt_oss",
          "granite",
          "granitemoe",
          "granitemoehybrid",
          "helium",
          "hunyuan_v1_dense",
          "hunyuan_v1_moe",
          "internlm2",
          "internlm3",
          "jamba",
          "kimi_k2",
          "lfm2",
          "lfm2_moe",
          "llama",
          "llama4",
          "llama4_text",
          "llava",
          "llava_next",
          "mellum",
          "minicpm",
          "minicpm3",
          "minimax",
          "minimax_m2",
          "ministral",
          "mistral",
          "mistral3",
          "mixtral",
          "mllama",
          "nemotron",
          "nemotron_h",
          "olmo",
          "olmo2",
          "olmo3",
          "olmoe",
          "openai-gpt",
          "opt",
          "persimmon",
          "phi",
          "phi3",
          "phimoe",
          "qwen2",
          "qwen2_5_vl",
          "qwen2_moe",
          "qwen2_vl",
          "qwen3",
          "qwen3_5",
          "qwen3_5_moe",
          "qwen3_moe",
          "qwen3_next",
          "qwen3_vl",
          "qwen3_vl_moe",
          "seed_oss",
          "smollm3",
          "solar_open",
          "stablelm",
          "starcoder2",
          "step3p5",
          "zamba2");

  /** Families that keep matrices as [inputs, outputs], and the names of these. */
  private static final Set<String> CONV1D = Set.of("gpt2", "openai-gpt");

  private static final Set<String> CONV1D_NAMES = Set.of("c_attn", "c_proj", "c_fc", "q_attn");

  private static final Set<String> ROUTERS = Set.of("gate", "router", "shared_expert_gate", "wg");

  /** Parts of names of what stands beside a language model. */
  private static final Set<String> BESIDE =
      Set.of(
          "visual",
          "vision_tower",
          "vision_model",
          "vision_encoder",
          "vision_embedder",
          "image_encoder",
          "img_processor",
          "multi_modal_projector",
          "mm_projector",
          "vision_projection",
          "embed_vision",
          "embed_audio",
          "audio_tower",
          "audio_encoder",
          "audio_projection",
          "speech_encoder",
          "mtp",
          "mtp_block",
          "nextn");

  private static final Pattern LAYER = Pattern.compile("(?:.*\\.)?layers\\.([0-9]{1,9})\\..*");

  private final String modelType;
  private final int layers;

  public ModuleClasses(ModelConfig config) {
    this.modelType = config.modelType();
    this.layers =
        config
            .optionalSize("num_hidden_layers")
            .or(() -> config.textSize("num_hidden_layers"))
            .orElse(Integer.MAX_VALUE);
  }

  /**
   * What sets a module apart that stands beside the language model: the part of its name that says
   * so, or else its layer.
   */
  public static String aside(String module) {
    Optional<String> part =
        List.of(module.split("\\.")).stream().filter(BESIDE::contains).findFirst();
    Matcher layer = LAYER.matcher(module);
    return part.or(
            () -> layer.matches() ? Optional.of("layers." + layer.group(1)) : Optional.empty())
        .orElse(module);
  }

  /** Whether the names of this family tell the classes. */
  public boolean namesTell() {
    return NAMES_TELL.contains(modelType);
  }

  /** The module of that name. */
  public ModuleInfo of(String module) {
    return new ModuleInfo(module, className(module), reach(module));
  }

  private String className(String module) {
    List<String> path = List.of(module.toLowerCase(Locale.ROOT).split("\\."));
    String last = path.get(path.size() - 1);
    boolean embeds =
        (last.contains("embed") && !last.equals("embed_out"))
            || last.equals("wte")
            || last.equals("wpe")
            || last.equals("relative_attention_bias");
    if (embeds) {
      return ModuleInfo.EMBEDDING;
    }
    if (last.contains("norm") || last.startsWith("ln_")) {
      return "Norm or other";
    }
    if (path.stream().anyMatch(ROUTERS::contains)) {
      return ModuleInfo.ROUTER;
    }
    return CONV1D.contains(modelType) && CONV1D_NAMES.contains(last)
        ? ModuleInfo.CONV1D
        : ModuleInfo.LINEAR;
  }

  /**
   * What stands beside the language model is found by name alone: towers and projectors of other
   * inputs, and the layers behind the last that predict further tokens.
   */
  private Reach reach(String module) {
    Matcher layer = LAYER.matcher(module);
    boolean behind = layer.matches() && Integer.parseInt(layer.group(1)) >= layers;
    boolean beside = List.of(module.split("\\.")).stream().anyMatch(BESIDE::contains);
    return behind || beside ? Reach.NAME : Reach.CLASS;
  }
}
