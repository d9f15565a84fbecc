/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.graph.ModuleInfo;
import dev.sinter.json.Json;
import dev.sinter.problem.Problems;
import dev.sinter.quantization.Presets;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationScheme.Activations;
import dev.sinter.tensor.DType;
import dev.sinter.testing.FilledCheckpoint;
import dev.sinter.testing.TestData;
import dev.sinter.weight.ActivationPoint.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredActivationsTest {
  private static final String ATTENTION = "model.layers.0.self_attn";
  private static final String QUERIES = ATTENTION + ".q_proj";
  private static final String HEAD = "lm_head";

  private static final List<ModuleInfo> MODULES =
      List.of(
          new ModuleInfo(ATTENTION, "LlamaAttention"),
          new ModuleInfo(QUERIES, ModuleInfo.LINEAR),
          new ModuleInfo(HEAD, ModuleInfo.LINEAR));

  @TempDir private Path temp;
  private final Problems problems = new Problems();

  private static Json.Obj json(String text) {
    return TestData.json(text.getBytes(StandardCharsets.UTF_8));
  }

  private static FilledCheckpoint llama(String quantization) {
    return new FilledCheckpoint(
        Json.object(
            "model_type",
            "llama",
            "torch_dtype",
            "bfloat16",
            "quantization_config",
            json(quantization)));
  }

  private Map<ActivationPoint, StoredActivation> points(FilledCheckpoint model) throws IOException {
    Checkpoint checkpoint = model.in(temp);
    CheckpointWeights weights = CheckpointWeights.of(checkpoint);
    assertThat(weights.problems()).isEmpty();
    return StoredActivations.of(checkpoint, weights, MODULES, List.of(ATTENTION), problems);
  }

  private static FilledCheckpoint eightBits(String quantization, String scale, long... shape) {
    return llama(quantization)
        .bytes(QUERIES + ".weight", DType.F8_E4M3, new byte[256 * 128], 256, 128)
        .random(QUERIES + "." + scale, DType.F32, shape);
  }

  private static QuantizationArgs inputs(String preset) {
    return ((Activations.Quantized) Presets.named(preset).inputs()).args();
  }

  private static final String STATIC_FP8 =
      """
      {"quant_method": "compressed-tensors", "format": "float-quantized", "ignore": ["lm_head"],
       "config_groups": {"group_0": {"targets": [%s],
         "weights": %s,
         "input_activations": {"num_bits": 8, "type": "float", "strategy": "%s", "dynamic": false}}}}
      """;
  private static final String WEIGHTS =
      "{\"num_bits\": 8, \"type\": \"float\", \"strategy\": \"tensor\"}";

  @Test
  void groupsRoundTheInputsOfTheModulesThatTheyMean() throws IOException {
    Map<ActivationPoint, StoredActivation> points =
        points(
            eightBits(String.format(STATIC_FP8, "\"Linear\"", WEIGHTS, "tensor"), "weight_scale", 1)
                .random(QUERIES + ".input_scale", DType.F32, 1));

    assertThat(points.keySet()).containsExactly(new ActivationPoint(QUERIES, Role.INPUT));
    assertThat(points.values())
        .allSatisfy(
            point -> {
              assertThat(point.args().strategy().jsonName()).isEqualTo("tensor");
              assertThat(point.parameters().values())
                  .extracting(TensorEntry::name)
                  .containsExactly(QUERIES + ".input_scale");
            });
    assertThat(problems.found()).isEmpty();
  }

  @Test
  void scalesThatAreMissingAreToldByName() throws IOException {
    points(
        eightBits(String.format(STATIC_FP8, "\"Linear\"", WEIGHTS, "tensor"), "weight_scale", 1));

    assertThat(problems.found())
        .containsExactly(
            "The checkpoint lacks the tensor model.layers.0.self_attn.q_proj.input_scale, by which"
                + " config.json wants activations to be rounded");
  }

  @Test
  void waysToShareScalesThatCannotBeRunAreTold() throws IOException {
    points(
        eightBits(String.format(STATIC_FP8, "\"Linear\"", WEIGHTS, "channel"), "weight_scale", 1));

    assertThat(problems.found())
        .containsExactly(
            "config.json: quantization_config.config_groups.group_0: input_activations: activations"
                + " that share scales by channel, found before, are not run by this version");
  }

  @Test
  void attentionIsRoundedByGroupsWithoutWeightsOnly() throws IOException {
    FilledCheckpoint attention =
        llama(String.format(STATIC_FP8, "\"LlamaAttention\"", "null", "attn_head"));
    for (String part : List.of("q", "k", "v")) {
      attention.random(ATTENTION + "." + part + "_scale", DType.F32, 4, 1, 1);
    }

    assertThat(points(attention).keySet())
        .containsExactlyInAnyOrder(
            new ActivationPoint(ATTENTION, Role.QUERY),
            new ActivationPoint(ATTENTION, Role.KEY),
            new ActivationPoint(ATTENTION, Role.VALUE));
    assertThat(
            points(
                    eightBits(
                            String.format(STATIC_FP8, "\"re:.*self_attn.*\"", WEIGHTS, "tensor"),
                            "weight_scale",
                            1)
                        .random(QUERIES + ".input_scale", DType.F32, 1))
                .keySet())
        .containsExactly(new ActivationPoint(QUERIES, Role.INPUT));
  }

  @Test
  void cachesAreRoundedInEveryAttention() throws IOException {
    Map<ActivationPoint, StoredActivation> points =
        points(
            llama(
                    """
                    {"quant_method": "compressed-tensors", "config_groups": {},
                     "kv_cache_scheme": {"num_bits": 8, "type": "float", "strategy": "tensor"}}
                    """)
                .random(ATTENTION + ".k_scale", DType.BF16, 1)
                .random(ATTENTION + ".v_scale", DType.BF16, 1));

    assertThat(points.keySet())
        .containsExactly(
            new ActivationPoint(ATTENTION, Role.KEY), new ActivationPoint(ATTENTION, Role.VALUE));
  }

  @Test
  void groupsOfAttentionGoBeforeTheSchemeOfCaches() throws IOException {
    FilledCheckpoint model =
        llama(
            """
            {"quant_method": "compressed-tensors",
             "config_groups": {"group_0": {"targets": ["LlamaAttention"], "weights": null,
               "input_activations": {"num_bits": 8, "symmetric": false, "strategy": "attn_head"}}},
             "kv_cache_scheme": {"num_bits": 8, "type": "float", "strategy": "tensor"}}
            """);
    for (String part : List.of("q", "k", "v")) {
      model
          .random(ATTENTION + "." + part + "_scale", DType.F32, 4, 1, 1)
          .bytes(ATTENTION + "." + part + "_zero_point", DType.I8, new byte[4], 4, 1, 1);
    }

    assertThat(points(model).values())
        .hasSize(3)
        .allSatisfy(
            point -> {
              assertThat(point.args().strategy().jsonName()).isEqualTo("attn_head");
              assertThat(point.parameters()).containsOnlyKeys("scale", "zero_point");
            });
    assertThat(problems.found()).isEmpty();
  }

  @Test
  void modelOptSaysByScalesBesideTheCodes() throws IOException {
    Map<ActivationPoint, StoredActivation> points =
        points(
            eightBits(
                    "{\"quant_method\": \"modelopt\", \"quant_algo\": \"FP8\"}", "weight_scale", 1)
                .random(QUERIES + ".input_scale", DType.F32, 1)
                .random(ATTENTION + ".k_proj.k_scale", DType.F32, 1)
                .random(ATTENTION + ".v_proj.v_scale", DType.F32, 1));

    assertThat(points.keySet())
        .containsExactly(
            new ActivationPoint(QUERIES, Role.INPUT),
            new ActivationPoint(ATTENTION, Role.KEY),
            new ActivationPoint(ATTENTION, Role.VALUE));
    assertThat(points.get(new ActivationPoint(QUERIES, Role.INPUT)).args())
        .isEqualTo(inputs("FP8"));
  }

  @Test
  void modelOptsFourBitsAreUnderAGlobalScale() throws IOException {
    Map<ActivationPoint, StoredActivation> points =
        points(
            llama("{\"quant_method\": \"modelopt\", \"quant_algo\": \"NVFP4\"}")
                .bytes(QUERIES + ".weight", DType.U8, new byte[256 * 64], 256, 64)
                .bytes(QUERIES + ".weight_scale", DType.F8_E4M3, new byte[256 * 8], 256, 8)
                .random(QUERIES + ".weight_scale_2", DType.F32, 1)
                .random(QUERIES + ".input_scale", DType.F32, 1));

    StoredActivation point = points.get(new ActivationPoint(QUERIES, Role.INPUT));
    assertThat(point.args()).isEqualTo(inputs("NVFP4"));
    assertThat(point.parameters()).containsOnlyKeys(StoredActivation.STEP);
  }

  @Test
  void blocksOfDeepSeekRoundInputsByTheirColumns() throws IOException {
    Map<ActivationPoint, StoredActivation> points =
        points(
            eightBits(
                "{\"quant_method\": \"fp8\", \"weight_block_size\": [128, 128]}",
                "weight_scale_inv",
                2,
                1));

    assertThat(points.get(new ActivationPoint(QUERIES, Role.INPUT)))
        .isEqualTo(new StoredActivation(inputs("FP8_BLOCK"), Map.of()));
  }

  @Test
  void aDenseModelIsNotRounded() throws IOException {
    FilledCheckpoint dense =
        new FilledCheckpoint(Json.object("model_type", "llama"))
            .random(QUERIES + ".weight", DType.BF16, 8, 8);

    assertThat(points(dense)).isEmpty();
  }
}
