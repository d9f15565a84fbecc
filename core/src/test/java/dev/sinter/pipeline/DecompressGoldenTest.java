/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.plan.OutputSettings;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import dev.sinter.testing.Decompression;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TensorFolder;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Codes are made dense to what compressed-tensors makes of them, to the bit; decompressed.py says
 * how the hashes were made.
 */
class DecompressGoldenTest {
  private static final Json.Obj CODES = golden("datafree.json");
  private static final Json.Obj DENSE = golden("decompressed.json");

  /** The reference computes these in bf16 although the model is fp32. */
  private static final String ROUNDED = "fp32/NVFP4A16";

  @TempDir private Path temp;

  private static Json.Obj golden(String name) {
    return TestData.json(TestData.golden().resolve(name));
  }

  static List<String> cases() {
    return List.copyOf(DENSE.members().keySet());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsWhatCompressedTensorsDecompresses(String name) throws IOException {
    Path model = name.startsWith("bf16/") ? TestData.tinyLlamaBf16() : TestData.tinyLlamaFp32();
    Path codes = temp.resolve("codes");
    Path dense = temp.resolve("dense");
    Json.Obj config =
        (Json.Obj) ((Json.Obj) CODES.members().get(name)).members().get("quantization_config");
    Runs.rounded(
        model,
        codes,
        "config_groups: " + JsonWriter.compact(config.members().get("config_groups")));
    OutputSettings settings =
        name.equals(ROUNDED) ? Decompression.dtype(DType.BF16) : OutputSettings.DEFAULT;
    Runs.run(Decompression.request(codes, dense, Decompression.NOTHING, settings));

    TensorFolder result = new TensorFolder(dense);
    assertThat(weights(result)).isEqualTo(expected(name));
    assertThat(shapes(result)).isEqualTo(shapes(new TensorFolder(model)));
    assertThat(untyped(result)).isEqualTo(untyped(new TensorFolder(model)));
  }

  private static Map<String, String> expected(String name) {
    Map<String, String> hashes = new TreeMap<>();
    ((Json.Obj) DENSE.members().get(name))
        .members()
        .forEach((module, hash) -> hashes.put(module, ((Json.Str) hash).value()));
    return hashes;
  }

  private static Map<String, String> weights(TensorFolder folder) throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    for (String tensor : folder.tensors().keySet()) {
      if (tensor.endsWith("_proj.weight")) {
        hashes.put(tensor.replace(".weight", ""), folder.sha256(tensor));
      }
    }
    return hashes;
  }

  private static Json.Obj untyped(TensorFolder folder) {
    return folder.config().without("dtype").without("torch_dtype");
  }

  private static Map<String, Shape> shapes(TensorFolder folder) throws IOException {
    Map<String, Shape> shapes = new TreeMap<>();
    folder.tensors().forEach((name, entry) -> shapes.put(name, entry.spec().shape()));
    return shapes;
  }
}
