/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Schemes without data give the reference's tensors and config, to the bit. */
class DatafreeGoldenTest {
  private static final Json.Obj GOLDEN = TestData.json(TestData.golden().resolve("datafree.json"));

  /** Other than presets, and presets whose format the reference infers otherwise. */
  private static final Set<String> SCHEMES_IN_FULL =
      Set.of(
          "FP8_DYNAMIC_mse",
          "W4A16_mse",
          "W4_channel",
          "W4_g32_asym",
          "W8_tensor_asym",
          "mixed_fp8_w4",
          "W4A8",
          "W4AFP8");

  @TempDir private Path temp;

  static List<String> cases() {
    return List.copyOf(GOLDEN.members().keySet());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsTheReference(String name) throws IOException {
    Path model = name.startsWith("bf16/") ? TestData.tinyLlamaBf16() : TestData.tinyLlamaFp32();
    Path output = temp.resolve("out");
    Json.Obj golden = (Json.Obj) GOLDEN.members().get(name);
    Runs.rounded(model, output, settings(name.substring(5), golden));

    assertThat(hashes(output)).isEqualTo(expected(golden, model));
    Json.Obj config =
        (Json.Obj)
            TestData.json(output.resolve("config.json")).members().get("quantization_config");
    assertThat(config.without("version").members())
        .containsExactlyInAnyOrderEntriesOf(
            ((Json.Obj) golden.members().get("quantization_config")).without("version").members());
  }

  /** A preset by name; all else as the reference's config states it, formats included. */
  private static String settings(String scheme, Json.Obj golden) {
    return SCHEMES_IN_FULL.contains(scheme)
        ? "config_groups: "
            + JsonWriter.compact(member(golden, "quantization_config", "config_groups"))
        : "scheme: " + scheme;
  }

  private static Json member(Json.Obj object, String outer, String inner) {
    return ((Json.Obj) object.members().get(outer)).members().get(inner);
  }

  /** What the reference wrote, and for what it left alone, what the model holds. */
  private static Map<String, String> expected(Json.Obj golden, Path model) throws IOException {
    Map<String, String> expected = new TreeMap<>();
    ((Json.Obj) golden.members().get("tensors"))
        .members()
        .forEach(
            (tensor, value) -> {
              Json.Obj described = (Json.Obj) value;
              List<Long> shape = new ArrayList<>();
              ((Json.Arr) described.members().get("shape"))
                  .items()
                  .forEach(item -> shape.add(((Json.Num) item).asLong()));
              expected.put(
                  tensor,
                  ((Json.Str) described.members().get("dtype")).value()
                      + shape
                      + ((Json.Str) described.members().get("sha256")).value());
            });
    Map<String, String> dense = hashes(model);
    ((Json.Arr) golden.members().get("unchanged"))
        .items()
        .forEach(
            item -> expected.put(((Json.Str) item).value(), dense.get(((Json.Str) item).value())));
    return expected;
  }

  private static Map<String, String> hashes(Path folder) throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    for (TensorEntry entry : TestData.tensors(folder).values()) {
      String sha256 = TensorWriter.sha256Hex(TestData.bytes(folder, entry));
      hashes.put(entry.name(), entry.spec().dtype().name() + entry.spec().shape() + sha256);
    }
    return hashes;
  }
}
