/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.json.Json;
import dev.sinter.recipe.Recipe;
import dev.sinter.recipe.Recipes;
import dev.sinter.tensor.DType;
import dev.sinter.testing.GoldenModel;
import dev.sinter.testing.SmallCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules reach experts by the names of each generation, in checkpoints of each form. */
class ExpertRulesTest {
  private static final int LAYERS = 3;

  @TempDir private Path temp;

  private static Checkpoint model(String name) throws IOException {
    return Checkpoint.open(FileStores.at(GoldenModel.named(name).folder().toString()));
  }

  private static Recipe rules(String... patterns) {
    StringBuilder text =
        new StringBuilder("quantize:\n  quant_cfg:\n  - {quantizer_name: '*', enable: false}\n");
    for (String pattern : patterns) {
      text.append("  - {quantizer_name: '").append(pattern);
      text.append("', cfg: {num_bits: e4m3, axis: 0}}\n");
    }
    return Recipes.parse("r.yaml", text.toString());
  }

  private static Set<String> planned(String model, Recipe recipe) throws IOException {
    return new TreeSet<>(Plans.modules(Planner.plan(model(model), recipe, OutputSettings.DEFAULT)));
  }

  /** The names that experts of a model have one by one, of all layers. */
  private static Set<String> experts(String stem, int count, List<String> matrices) {
    Set<String> names = new TreeSet<>();
    for (int layer = 0; layer < LAYERS; layer++) {
      for (int expert = 0; expert < count; expert++) {
        for (String matrix : matrices) {
          names.add("model.layers." + layer + "." + stem + ".experts." + expert + "." + matrix);
        }
      }
    }
    return names;
  }

  private static Set<String> experts(String model) {
    return switch (model) {
      case "mixtral-bf16" -> experts("block_sparse_moe", 4, List.of("w1", "w2", "w3"));
      case "qwen3_moe-bf16" -> experts("mlp", 8, List.of("gate_proj", "up_proj", "down_proj"));
      case "gpt_oss-bf16" -> experts("mlp", 4, List.of("gate_proj", "up_proj", "down_proj"));
      default -> throw new IllegalArgumentException(model);
    };
  }

  private static Set<String> only(Set<String> names, String expression) {
    Set<String> only = new TreeSet<>(names);
    only.removeIf(name -> !name.matches(expression));
    return only;
  }

  @ParameterizedTest
  @CsvSource({"mixtral-bf16", "qwen3_moe-bf16", "gpt_oss-bf16"})
  void ruleForAllExpertsReachesThemAndNothingElse(String model) throws IOException {
    assertThat(planned(model, rules("*.experts.*weight_quantizer"))).isEqualTo(experts(model));
    assertThat(
            planned(
                model, rules("*.experts.gate_up_proj*weight_quantizer*", "*.experts.down*weight*")))
        .isEqualTo(experts(model));
  }

  @ParameterizedTest
  @CsvSource({
    "mixtral-bf16, *.experts.gate_up_proj_weight_quantizer, .*w[13]",
    "mixtral-bf16, *.experts.down_proj_weight_quantizer, .*w2",
    "mixtral-bf16, *.experts.*.w1.weight_quantizer, .*w1",
    "mixtral-bf16, model.layers.1.mlp.experts.gate_up_proj_weight_quantizer, .*layers.1.*w[13]",
    "mixtral-bf16, '*.mlp.experts.down_proj_weight_quantizers.3', .*experts.3.w2",
    "mixtral-bf16, '*block_sparse_moe.experts.[01].w?.weight_quantizer', .*experts.[01].w.",
    "qwen3_moe-bf16, *.experts.gate_up_proj_weight_quantizer, .*(gate|up)_proj",
    "qwen3_moe-bf16, *.experts.gate_up_proj_weight_quantizers.7, .*experts.7.(gate|up)_proj",
    "qwen3_moe-bf16, *.experts.down_proj_weight_quantizers.*, .*down_proj",
    "qwen3_moe-bf16, *.experts.2.gate_proj.weight_quantizer, .*experts.2.gate_proj",
    "qwen3_moe-bf16, *.gate_proj.weight_quantizer, .*gate_proj",
    "gpt_oss-bf16, *.experts.gate_up_proj_weight_quantizer, .*(gate|up)_proj",
    "gpt_oss-bf16, *.experts.gate_up_proj_weight_quantizers.3, .*experts.3.(gate|up)_proj",
    "gpt_oss-bf16, '*.experts.[!0]*.down_proj.weight_quantizer', .*experts.[123].down_proj",
  })
  void ruleReachesTheExpertsThatItsNameMeans(String model, String pattern, String expression)
      throws IOException {
    assertThat(planned(model, rules(pattern))).isEqualTo(only(experts(model), expression));
  }

  @ParameterizedTest
  @CsvSource({"mixtral-bf16", "qwen3_moe-bf16", "gpt_oss-bf16"})
  void routersHaveNoQuantizer(String model) throws IOException {
    Checkpoint checkpoint = model(model);
    QuantizerSummary summary =
        QuantizerSummary.of(checkpoint, rules("*gate.*", "*router*", "*weight_quantizer"));

    assertThat(summary.enabled().keySet())
        .noneMatch(name -> name.contains(".gate.") || name.contains("router"));
    assertThat(checkpoint.tensors().keySet())
        .anyMatch(name -> name.endsWith(".gate.weight") || name.endsWith(".router.weight"));
  }

  static Stream<Arguments> scoped() {
    return Recipes.names().stream()
        .filter(name -> name.matches("general/ptq/nvfp4_(experts|mlp|omlp)_only.*"))
        .flatMap(
            name ->
                Stream.of("mixtral-bf16", "qwen3_moe-bf16", "gpt_oss-bf16")
                    .map(model -> Arguments.of(name, model)));
  }

  @ParameterizedTest
  @MethodSource("scoped")
  void recipesOfAScopeKeepToIt(String name, String model) throws IOException {
    Checkpoint checkpoint = model(model);
    Set<String> expected = experts(model);
    if (name.contains("omlp")) {
      checkpoint.tensors().values().stream()
          .map(TensorEntry::name)
          .filter(tensor -> tensor.endsWith("o_proj.weight"))
          .forEach(tensor -> expected.add(tensor.replace(".weight", "")));
    }

    Set<String> weights = new TreeSet<>();
    Set<String> inputs = new TreeSet<>();
    Set<String> fused = new TreeSet<>();
    QuantizerSummary.of(checkpoint, Recipes.load(name))
        .enabled()
        .keySet()
        .forEach(
            quantizer -> {
              String module = quantizer.substring(0, quantizer.lastIndexOf('.'));
              if (quantizer.endsWith(".weight_quantizer")) {
                weights.add(module);
              } else if (quantizer.endsWith(".input_quantizer")) {
                inputs.add(module);
              } else if (quantizer.contains(".experts.")) {
                fused.add(quantizer.replaceAll(".*\\.experts\\.|\\.\\d+$", ""));
              } else {
                assertThat(quantizer).matches(".*self_attn\\.[kv]_bmm_quantizer");
              }
            });

    Set<String> named = new TreeSet<>(expected);
    if (model.startsWith("gpt_oss")) {
      // Its experts are one tensor, and their quantizers have the names that they share.
      named.removeIf(module -> module.contains(".experts."));
      assertThat(fused)
          .containsExactly(
              "down_proj_input_quantizer",
              "down_proj_weight_quantizers",
              "gate_up_proj_input_quantizer",
              "gate_up_proj_weight_quantizers");
    } else {
      assertThat(fused).isEmpty();
    }
    assertThat(weights).isEqualTo(named);
    assertThat(inputs).isEqualTo(named);
    assertThat(planned(model, Recipes.load(name))).isEqualTo(expected);
  }

  @Test
  void bothDialectsMeanTheSameExperts() throws IOException {
    Recipe listed =
        Recipes.parse(
            "r.yaml",
            """
            modifiers:
              QuantizationModifier:
                targets: ['re:.*experts.*']
                config_groups:
                  group_0:
                    targets: ['re:.*experts.*']
                    weights: {num_bits: 8, type: float, strategy: channel}
            """);
    for (String model : List.of("mixtral-bf16", "qwen3_moe-bf16", "gpt_oss-bf16")) {
      assertThat(planned(model, rules("*.experts.*weight_quantizer")))
          .isEqualTo(planned(model, listed));
    }
  }

  @Test
  void layersThatPredictFurtherTokensAndTowersAreLeftByRecipesThatDoNotNameThem()
      throws IOException {
    String expert = ".mlp.experts.0.down_proj.weight";
    Checkpoint model =
        new SmallCheckpoint(
                Json.object(
                    "model_type", "deepseek_v3", "num_hidden_layers", 1, "dtype", "bfloat16"))
            .with("model.layers.0" + expert, DType.BF16, 32, 64)
            .with("model.layers.0.mlp.shared_experts.up_proj.weight", DType.BF16, 32, 64)
            .with("model.layers.1" + expert, DType.BF16, 32, 64)
            .with("model.mtp.layers.0" + expert, DType.BF16, 32, 64)
            .with("image_encoder.layers.0.mlp.fc1.weight", DType.BF16, 32, 64)
            .in(temp);
    String stem = expert.replace(".weight", "");

    for (String name : List.of("experts", "mlp")) {
      Plan plan =
          Planner.plan(
              model,
              Recipes.load("general/ptq/nvfp4_" + name + "_only-kv_fp8"),
              OutputSettings.DEFAULT);
      assertThat(Plans.modules(plan))
          .contains("model.layers.0" + stem)
          .hasSize(name.equals("mlp") ? 2 : 1);
      assertThat(plan.notices())
          .anyMatch(notice -> notice.startsWith("3 linear modules beside the language model"));
    }
    assertThat(
            Plans.modules(
                Planner.plan(model, rules("model.layers.1.*weight*"), OutputSettings.DEFAULT)))
        .containsExactly("model.layers.1" + stem);
  }
}
