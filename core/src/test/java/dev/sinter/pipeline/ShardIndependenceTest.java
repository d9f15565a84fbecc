/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.json.Json;
import dev.sinter.plan.OutputSettings;
import dev.sinter.quantization.CompressionFormat;
import dev.sinter.quantization.Presets;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationParameters;
import dev.sinter.quantization.QuantizationScheme;
import dev.sinter.quantization.QuantizedWeight;
import dev.sinter.quantization.Quantizer;
import dev.sinter.recipe.Recipe;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.Decompression;
import dev.sinter.testing.FilledCheckpoint;
import dev.sinter.testing.Runs;
import dev.sinter.testing.Schemes;
import dev.sinter.testing.TensorFolder;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How a result is cut into files, and a weight into blocks, changes no tensor. */
class ShardIndependenceTest {
  private static final String ATTENTION = "model.layers.0.self_attn.";

  /** The weight of several blocks, whose rows fill neither a block nor a word of zero points. */
  private static final String WIDE = "model.layers.0.mlp.down_proj";

  private static final long ROWS = 1401;
  private static final long COLUMNS = 768;

  @TempDir private Path temp;

  private TensorFolder run(String name, Path model, Recipe recipe, OutputSettings settings)
      throws IOException {
    Path output = temp.resolve(name);
    Runs.run(Decompression.request(model, output, recipe, settings));
    return new TensorFolder(output);
  }

  private static Recipe scheme(String name) {
    return Runs.recipe("QuantizationModifier", "scheme: " + name);
  }

  static List<String> schemes() {
    return Schemes.waysToStoreWeights();
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void tensorsAreTheSameInOneShardAndInMany(String scheme) throws IOException {
    Path model = TestData.tinyLlamaBf16();
    TensorFolder one = run("one", model, scheme(scheme), OutputSettings.DEFAULT);
    TensorFolder many = run("many", model, scheme(scheme), Decompression.shards(20_000));

    assertThat(files(one)).isEqualTo(1);
    assertThat(files(many)).isGreaterThan(10);
    assertThat(many.hashes()).isEqualTo(one.hashes());
    assertThat(many.config()).isEqualTo(one.config());

    TensorFolder dense =
        run("dense", many.path(), Decompression.NOTHING, Decompression.shards(300_000));
    TensorFolder expected =
        run("expected", one.path(), Decompression.NOTHING, OutputSettings.DEFAULT);
    assertThat(files(dense)).isGreaterThan(5);
    assertThat(dense.hashes()).isEqualTo(expected.hashes());
  }

  private static long files(TensorFolder folder) throws IOException {
    return folder.tensors().values().stream().map(entry -> entry.file()).distinct().count();
  }

  @Test
  void globalScaleIsSharedByModulesInDifferentShards() throws IOException {
    TensorFolder many =
        run("many", TestData.tinyLlamaBf16(), scheme("NVFP4A16"), Decompression.shards(1));

    assertThat(
            Stream.of("q_proj", "k_proj", "v_proj")
                .map(name -> file(many, ATTENTION + name + ".weight_packed"))
                .distinct())
        .hasSize(3);
    float largest = 0;
    TensorFolder model = new TensorFolder(TestData.tinyLlamaBf16());
    for (String name : List.of("q_proj", "k_proj", "v_proj")) {
      for (float value : model.floats(ATTENTION + name + ".weight")) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    for (String name : List.of("q_proj", "k_proj", "v_proj")) {
      float[] global = many.floats(ATTENTION + name + ".weight_global_scale");
      assertThat(global).hasSize(1);
      // The reference computes it in the model's type, bf16, of eight significant bits.
      assertThat(global[0] * largest / (448 * 6)).isBetween(1 - 0x1p-7f, 1 + 0x1p-7f);
    }
    assertThat(many.bytes(ATTENTION + "q_proj.weight_global_scale"))
        .isEqualTo(many.bytes(ATTENTION + "k_proj.weight_global_scale"))
        .isEqualTo(many.bytes(ATTENTION + "v_proj.weight_global_scale"))
        .isNotEqualTo(many.bytes(ATTENTION + "o_proj.weight_global_scale"));
  }

  private static String file(TensorFolder folder, String tensor) {
    try {
      return folder.tensors().get(tensor).file();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void weightOfSeveralBlocksIsRoundedAsIfItWereThereWhole(String name) throws IOException {
    QuantizationScheme scheme = Presets.named(name);
    Path model = temp.resolve("model");
    wide().in(model);
    TensorFolder output = run("out", model, scheme(name), OutputSettings.DEFAULT);

    try (Scope scope = Scope.open()) {
      Map<String, Tensor> expected = whole(model, scheme);
      assertThat(output.tensors().keySet())
          .containsExactlyInAnyOrderElementsOf(
              expected.keySet().stream().map(part -> WIDE + "." + part).toList());
      for (Map.Entry<String, Tensor> part : expected.entrySet()) {
        byte[] bytes = new byte[(int) part.getValue().nbytes()];
        Tensors.buffer(part.getValue().contiguous()).get(bytes);
        assertThat(output.bytes(WIDE + "." + part.getKey())).as(part.getKey()).isEqualTo(bytes);
      }
    }
  }

  private static FilledCheckpoint wide() {
    return new FilledCheckpoint(Json.object("model_type", "llama", "dtype", "bfloat16"))
        .random(WIDE + ".weight", DType.BF16, ROWS, COLUMNS);
  }

  /** The tensors of the weight when it is rounded in one go. */
  private static Map<String, Tensor> whole(Path model, QuantizationScheme scheme)
      throws IOException {
    QuantizationArgs args = scheme.weights();
    Quantizer quantizer = new Quantizer(args);
    var entry = new TensorFolder(model).tensors().get(WIDE + ".weight");
    try (TensorReader reader = new TensorReader(FileStores.at(model.toString()))) {
      Tensor weight_RC = reader.read(entry);
      QuantizationParameters parameters = quantizer.observe(weight_RC);
      QuantizedWeight weight =
          new QuantizedWeight(
              quantizer.encode(weight_RC, parameters), parameters, Optional.empty());
      return CompressionFormat.of(scheme).compress(weight, entry.spec().shape(), args);
    }
  }
}
