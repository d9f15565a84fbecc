/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.pipeline.OneshotRequest.Settings;
import dev.sinter.recipe.Recipes;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Scales of inputs and of caches that calibration finds are those of the reference: in fp32 to
 * 1e-5, in bf16 to the last bit but one.
 */
class ActivationsGoldenTest {
  private static final Json.Obj GOLDEN =
      TestData.json(TestData.golden().resolve("activations.json"));

  @TempDir private Path temp;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FP8-fp32",
        "FP8_KV_FP8-fp32",
        "FP8_static_ema-fp32",
        "INT8_static-fp32",
        "KV_FP8-fp32",
        "KV_FP8_head-fp32",
        "NVFP4-fp32",
        "FP8-bf16",
        "FP8_KV_FP8-bf16",
        "INT8_static-bf16",
        "KV_FP8-bf16",
        "NVFP4-bf16"
      })
  void agreeWithTheReference(String name) throws IOException {
    Json.Obj golden = (Json.Obj) GOLDEN.members().get(name);
    Json.Obj config = (Json.Obj) golden.members().get("quantization_config");
    Path model = name.endsWith("fp32") ? TestData.tinyLlamaFp32() : TestData.tinyLlamaBf16();
    Path output = temp.resolve("out");

    Runs.run(
        new OneshotRequest(
            model.toString(),
            output.toString(),
            temp.resolve("work").toString(),
            Recipes.parse("test.yaml", recipe(config)),
            Optional.of(TestData.calibration()),
            // Micro-batches of four samples, as the reference had them.
            Settings.DEFAULT.withSlices(8, 4)));

    Map<String, TensorEntry> written = TestData.tensors(output);
    Map<String, Json> expected = ((Json.Obj) golden.members().get("tensors")).members();
    assertThat(expected).isNotEmpty();
    for (Map.Entry<String, Json> tensor : expected.entrySet()) {
      assertThat(written).containsKey(tensor.getKey());
      // Two steps of bf16, which its arithmetic leaves to whoever orders sums otherwise.
      double tolerance = name.endsWith("bf16") ? 0x1p-6 : 1e-5;
      assertEqual(output, written.get(tensor.getKey()), (Json.Obj) tensor.getValue(), tolerance);
    }
    assertThat(written.keySet().stream().filter(ActivationsGoldenTest::isParameter))
        .containsExactlyInAnyOrderElementsOf(expected.keySet());
    Json.Obj ours =
        (Json.Obj)
            TestData.json(output.resolve("config.json")).members().get("quantization_config");
    assertThat(ours.without("version").members())
        .containsExactlyInAnyOrderEntriesOf(config.without("version").members());
  }

  private static boolean isParameter(String tensor) {
    return (tensor.contains("input_") && !tensor.contains("input_layernorm"))
        || tensor.endsWith("k_scale")
        || tensor.endsWith("v_scale");
  }

  /** The recipe that the config says. */
  private static String recipe(Json.Obj config) {
    String groups =
        ((Json.Obj) config.members().get("config_groups")).members().isEmpty()
            ? ""
            : "    config_groups: "
                + JsonWriter.compact(config.members().get("config_groups"))
                + "\n";
    String cache =
        config.members().get("kv_cache_scheme") instanceof Json.Obj given
            ? "    kv_cache_scheme: " + JsonWriter.compact(given) + "\n"
            : "";
    return "modifiers:\n  QuantizationModifier:\n    ignore: [lm_head]\n" + groups + cache;
  }

  private static void assertEqual(
      Path folder, TensorEntry entry, Json.Obj expected, double tolerance) throws IOException {
    var values = ((Json.Arr) expected.members().get("values")).items();
    assertThat(entry.spec().shape().dimensions())
        .as(entry.name())
        .isEqualTo(
            ((Json.Arr) expected.members().get("shape"))
                .items().stream().map(size -> ((Json.Num) size).asLong()).toList());
    try (Scope scope = Scope.open();
        TensorReader reader = new TensorReader(FileStores.at(folder.toString()))) {
      float[] ours = Tensors.floats(Tensors.to(reader.read(entry), DType.F32));
      for (int i = 0; i < ours.length; i++) {
        double theirs = ((Json.Num) values.get(i)).asDouble();
        assertThat((double) ours[i])
            .as(entry.name())
            .isCloseTo(theirs, within(tolerance * Math.abs(theirs)));
      }
    }
  }
}
