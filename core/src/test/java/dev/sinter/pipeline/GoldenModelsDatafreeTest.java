/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.tensor.DType;
import dev.sinter.testing.Decompression;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TensorFolder;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Mixtures of experts of random weights as Transformers saved them: every expert is quantized under
 * the name that clients know, to the codes of compressed-tensors (experts.py says how the hashes
 * were made), and routers stay.
 */
class GoldenModelsDatafreeTest {
  private static final Json.Obj GOLDEN = TestData.json(TestData.golden().resolve("experts.json"));

  private static final Map<String, String> SETTINGS =
      Map.of(
          "FP8_DYNAMIC",
          "scheme: FP8_DYNAMIC",
          "W4A16_g32",
          "config_groups: {group_0: {targets: [Linear], weights: {num_bits: 4, strategy: group, group_size: 32}}}");

  private static final Map<DType, String> TORCH =
      Map.of(
          DType.BF16,
          "bfloat16",
          DType.F8_E4M3,
          "float8_e4m3fn",
          DType.I32,
          "int32",
          DType.I64,
          "int64");

  @TempDir private Path temp;

  private static Path model(String name) {
    return TestData.golden().resolve("models").resolve(name);
  }

  static List<String> cases() {
    return List.copyOf(GOLDEN.members().keySet());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyTensorIsThatOfCompressedTensors(String name) throws IOException {
    int slash = name.indexOf('/');
    Path output = temp.resolve("out");
    Runs.rounded(model(name.substring(0, slash)), output, SETTINGS.get(name.substring(slash + 1)));

    Map<String, String> found = new TreeMap<>();
    TensorFolder folder = new TensorFolder(output);
    for (var entry : folder.tensors().values()) {
      String type = TORCH.get(entry.spec().dtype()) + " " + entry.spec().shape();
      found.put(entry.name(), type + " " + folder.sha256(entry.name()).substring(0, 16));
    }
    assertThat(found).isEqualTo(expected(name));
  }

  private static Map<String, String> expected(String name) {
    Map<String, String> expected = new TreeMap<>();
    ((Json.Obj) GOLDEN.members().get(name))
        .members()
        .forEach(
            (module, parts) ->
                ((Json.Obj) parts)
                    .members()
                    .forEach(
                        (suffix, described) ->
                            expected.put(module + "." + suffix, ((Json.Str) described).value())));
    return expected;
  }

  @ParameterizedTest
  @CsvSource({
    "mixtral-bf16,   block_sparse_moe.gate",
    "qwen3_moe-bf16, mlp.gate",
    "gpt_oss-bf16,   mlp.router",
  })
  void routersStayAndClientsAreToldSo(String name, String router) throws IOException {
    Path output = temp.resolve("out");
    Outcome outcome = Runs.datafree(model(name), output, "FP8_DYNAMIC");

    TensorFolder model = new TensorFolder(model(name));
    TensorFolder result = new TensorFolder(output);
    List<String> routers =
        IntStream.range(0, 3).mapToObj(layer -> "model.layers." + layer + "." + router).toList();
    for (String module : routers) {
      assertThat(result.sha256(module + ".weight")).isEqualTo(model.sha256(module + ".weight"));
      assertThat(result.tensors()).doesNotContainKey(module + ".weight_scale");
    }
    Json.Obj config = result.quantization().orElseThrow();
    assertThat(((Json.Arr) config.members().get("ignore")).items())
        .containsExactlyInAnyOrderElementsOf(
            java.util.stream.Stream.concat(java.util.stream.Stream.of("lm_head"), routers.stream())
                .<Json>map(Json.Str::new)
                .toList());
    assertThat(outcome.notices())
        .allMatch(notice -> notice.startsWith("6 stacks of experts, such as "))
        .hasSize(name.startsWith("gpt_oss") ? 1 : 0);
  }

  @Test
  void stackOfWhichNoExpertIsTargetedStaysAsItIs() throws IOException {
    Path output = temp.resolve("out");
    Outcome outcome =
        Runs.rounded(
            model("gpt_oss-bf16"),
            output,
            "scheme: FP8_DYNAMIC",
            "targets: ['re:.*self_attn.*_proj']");

    Map<String, String> model = new TensorFolder(model("gpt_oss-bf16")).hashes();
    Map<String, String> result = new TensorFolder(output).hashes();
    model.keySet().removeIf(name -> name.matches(".*[qkvo]_proj\\.weight"));
    result.keySet().removeIf(name -> name.matches(".*[qkvo]_proj\\.weight(_scale)?"));
    assertThat(result).isEqualTo(model).hasSizeGreaterThan(30);
    assertThat(outcome.notices())
        .containsExactly(
            "6 tensors of two or more dimensions, such as model.layers.0.mlp.experts.down_proj, are no weights of modules that are known or meant, and stay as they are: 57% of the bytes");
  }

  @ParameterizedTest
  @CsvSource({"mixtral-bf16, 60", "qwen3_moe-bf16, 102", "gpt_oss-bf16, 63"})
  void decompressedExpertsKeepTheirNames(String name, int modules) throws IOException {
    Runs.datafree(model(name), temp.resolve("codes"), "FP8_DYNAMIC");
    Decompression.of(temp.resolve("codes"), temp.resolve("dense"));

    TensorFolder dense = new TensorFolder(temp.resolve("dense"));
    assertThat(
            dense.tensors().keySet().stream()
                .map(tensor -> tensor.substring(0, tensor.lastIndexOf('.')))
                .distinct())
        .hasSize(modules);
    assertThat(dense.tensors().values())
        .allMatch(entry -> entry.spec().dtype() == DType.BF16)
        .noneMatch(entry -> entry.name().contains("scale"));
    assertThat(dense.config()).isEqualTo(new TensorFolder(model(name)).config());
  }
}
