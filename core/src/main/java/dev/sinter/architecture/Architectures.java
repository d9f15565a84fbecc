/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import java.util.List;
import java.util.Optional;

/**
 * The families that Sinter can calibrate. Any other checkpoint can still be compressed without
 * data.
 */
public final class Architectures {
  private static final List<Architecture> ALL =
      List.of(
          new LlamaArchitecture(),
          new MistralArchitecture(),
          new Qwen2Architecture(),
          new Qwen3Architecture(),
          new GemmaArchitecture(),
          new Gemma2Architecture(),
          new Gemma3Architecture(),
          new GraniteArchitecture(),
          new Olmo2Architecture(),
          new Olmo3Architecture(),
          new PhiArchitecture(),
          new Phi3Architecture(),
          new SmolLm3Architecture(),
          new SeedOssArchitecture(),
          new ArceeArchitecture(),
          new OptArchitecture(),
          new Gpt2Architecture(),
          new MixtralArchitecture(),
          new Qwen2MoeArchitecture(),
          new Qwen3MoeArchitecture(),
          new GptOssArchitecture(),
          new DeepseekArchitecture(),
          new Step3p5Architecture());

  private Architectures() {}

  public static Optional<Architecture> of(ModelConfig config) {
    return ALL.stream()
        .filter(family -> family.modelTypes().contains(config.modelType()))
        .findFirst();
  }

  /** The model types, for messages. */
  public static List<String> modelTypes() {
    return ALL.stream().flatMap(family -> family.modelTypes().stream()).toList();
  }
}
