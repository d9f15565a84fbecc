/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.json.Json;
import dev.sinter.plan.OutputSettings;
import dev.sinter.plan.OutputSettings.Form;
import dev.sinter.problem.RequestException;
import dev.sinter.quantization.Presets;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.tensor.DType;
import dev.sinter.testing.Decompression;
import dev.sinter.testing.FilledCheckpoint;
import dev.sinter.testing.Runs;
import dev.sinter.testing.Schemes;
import dev.sinter.testing.TensorFolder;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A quantized checkpoint made dense, and quantized anew. That the second rounding gives the first
 * one's codes holds where the largest code gives its scale back: for float8 and float4, but not for
 * symmetric integers, whose scale is the maximum over 2^(bits-1) - 1/2 while no code is that large,
 * nor for MXFP8, where a maximum that rounded up to 448 takes the next power of two.
 */
class DecompressTest {
  private static final String CODES = "weight_packed";

  @TempDir private Path temp;

  private TensorFolder codes(Path model, String scheme) throws IOException {
    Runs.datafree(model, temp.resolve("codes"), scheme);
    return new TensorFolder(temp.resolve("codes"));
  }

  private TensorFolder dense() throws IOException {
    Decompression.of(temp.resolve("codes"), temp.resolve("dense"));
    return new TensorFolder(temp.resolve("dense"));
  }

  private TensorFolder again(String scheme) throws IOException {
    dense();
    Runs.datafree(temp.resolve("dense"), temp.resolve("again"), scheme);
    return new TensorFolder(temp.resolve("again"));
  }

  private static List<String> named(TensorFolder folder, String suffix) throws IOException {
    List<String> names =
        folder.tensors().keySet().stream().filter(name -> name.endsWith("." + suffix)).toList();
    assertThat(names).as(suffix).isNotEmpty();
    return names;
  }

  static List<String> schemes() {
    return Schemes.waysToStoreWeights();
  }

  static List<String> symmetricIntegers() {
    return Schemes.waysToStoreWeights().stream()
        .filter(name -> Presets.named(name).weights().type() == Type.INT)
        .filter(name -> Presets.named(name).weights().symmetric())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void denseResultHasTheNamesTypesAndShapesOfTheModelAndIsCloseToIt(String scheme)
      throws IOException {
    TensorFolder model = new TensorFolder(TestData.tinyLlamaBf16());
    codes(model.path(), scheme);
    TensorFolder dense = dense();

    assertThat(dense.config()).isEqualTo(model.config());
    assertThat(dense.tensors().keySet()).isEqualTo(model.tensors().keySet());
    QuantizationArgs weights = Presets.named(scheme).weights();
    // The e4m3 floats have a sign and four significant bits.
    int bits = weights.type() == Type.FLOAT && weights.numBits() == 8 ? 5 : weights.numBits();
    for (String name : model.tensors().keySet()) {
      assertThat(dense.tensors().get(name).spec()).isEqualTo(model.tensors().get(name).spec());
      if (name.endsWith("_proj.weight")) {
        // White rounding noise of so many bits, with the room that a group's maximum takes.
        double error = relativeError(dense.floats(name), model.floats(name));
        assertThat(error).as(name).isBetween(Math.pow(2, -bits) / 8, Math.pow(2, 2 - bits));
      } else {
        assertThat(dense.sha256(name)).as(name).isEqualTo(model.sha256(name));
      }
    }
  }

  private static double relativeError(float[] found, float[] exact) {
    double error = 0;
    double size = 0;
    for (int i = 0; i < exact.length; i++) {
      error += Math.pow(found[i] - exact[i], 2);
      size += Math.pow(exact[i], 2);
    }
    return Math.sqrt(error / size);
  }

  @ParameterizedTest
  @ValueSource(strings = {"FP8_DYNAMIC", "FP8_BLOCK"})
  void float8IsRoundedToTheSameCodesAndScales(String scheme) throws IOException {
    TensorFolder first = codes(TestData.tinyLlamaBf16(), scheme);
    assertThat(again(scheme).hashes()).isEqualTo(first.hashes());
  }

  /** A negative number that rounds to zero is -0 first and 0 then: the numbers are the same. */
  @ParameterizedTest
  @ValueSource(strings = {"MXFP4", "MXFP4A16", "NVFP4A16"})
  void float4IsRoundedToTheSameScalesAndNumbers(String scheme) throws IOException {
    TensorFolder first = codes(TestData.tinyLlamaBf16(), scheme);
    TensorFolder again = again(scheme);

    for (String name : first.tensors().keySet()) {
      byte[] before = first.bytes(name);
      byte[] after = again.bytes(name);
      if (name.endsWith(CODES)) {
        assertThat(withoutMinusZeros(after)).as(name).isEqualTo(withoutMinusZeros(before));
      } else {
        assertThat(after).as(name).isEqualTo(before);
      }
    }
  }

  /** Both codes of each byte, 8 standing for minus zero. */
  private static byte[] withoutMinusZeros(byte[] packed) {
    byte[] codes = new byte[packed.length];
    for (int i = 0; i < packed.length; i++) {
      int low = packed[i] & 0xf;
      int high = packed[i] >> 4 & 0xf;
      codes[i] = (byte) ((low == 8 ? 0 : low) | (high == 8 ? 0 : high) << 4);
    }
    return codes;
  }

  @Test
  void asymmetricIntegersInFp32AreRoundedToTheSameCodesAndZeroPoints() throws IOException {
    TensorFolder first = codes(TestData.tinyLlamaFp32(), "W4A16_ASYM");
    TensorFolder again = again("W4A16_ASYM");

    for (String suffix : List.of(CODES, "weight_zero_point")) {
      for (String name : named(first, suffix)) {
        assertThat(again.bytes(name)).as(name).isEqualTo(first.bytes(name));
      }
    }
    for (String name : named(first, "weight_scale")) {
      assertThat(ratios(again, first, name))
          .allSatisfy(ratio -> assertThat(ratio).isCloseTo(1, within(1e-6)));
    }
  }

  /** The largest code gives back its share of the range, which is never all of it. */
  @ParameterizedTest
  @MethodSource("symmetricIntegers")
  void symmetricIntegersChangeTheirScalesByWhatTheLargestCodeLacks(String scheme)
      throws IOException {
    TensorFolder first = codes(TestData.tinyLlamaFp32(), scheme);
    TensorFolder again = again(scheme);

    double half = Math.pow(2, Presets.named(scheme).weights().numBits() - 1);
    for (String name : named(first, "weight_scale")) {
      assertThat(ratios(again, first, name))
          .allSatisfy(
              ratio ->
                  assertThat(
                          Math.min(
                              Math.abs(ratio - (half - 1) / (half - 0.5)),
                              Math.abs(ratio - half / (half - 0.5))))
                      .isLessThan(1e-6));
    }
  }

  private static List<Double> ratios(TensorFolder of, TensorFolder to, String tensor)
      throws IOException {
    float[] numerators = of.floats(tensor);
    float[] denominators = to.floats(tensor);
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < numerators.length; i++) {
      ratios.add((double) numerators[i] / denominators[i]);
    }
    return ratios;
  }

  /** A group whose largest code is 448 = 1.75 * 256 has the next power of two as its scale. */
  @ParameterizedTest
  @ValueSource(strings = {"MXFP8", "MXFP8A16"})
  void mxfp8DoublesTheScalesOfGroupsWhoseMaximumRoundedToTheLargestCode(String scheme)
      throws IOException {
    TensorFolder first = codes(TestData.tinyLlamaBf16(), scheme);
    TensorFolder again = again(scheme);

    int doubled = 0;
    for (String name : named(first, "weight_scale")) {
      byte[] before = first.bytes(name);
      byte[] after = again.bytes(name);
      float[] codes = first.floats(name.replace("_scale", ""));
      for (int group = 0; group < before.length; group++) {
        float[] ofGroup = Arrays.copyOfRange(codes, group * 32, group * 32 + 32);
        boolean full = false;
        for (float code : ofGroup) {
          full |= Math.abs(code) == 448;
        }
        assertThat(after[group] - before[group]).as(name).isEqualTo(full ? 1 : 0);
        doubled += full ? 1 : 0;
      }
    }
    assertThat(doubled).as("groups with the largest code").isPositive();
  }

  @Test
  void denseCheckpointIsRefused() {
    Path model = TestData.tinyLlamaBf16();
    assertThatThrownBy(() -> Decompression.of(model, temp.resolve("dense")))
        .isInstanceOf(RequestException.class)
        .hasMessageEndingWith(" is dense already: none of its weights are in codes");
    assertThat(temp.resolve("dense")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void scaleThatIsNoNumberStopsTheRun(float scale) throws IOException {
    String module = "model.layers.0.mlp.up_proj";
    new FilledCheckpoint(
            Json.object(
                "model_type",
                "llama",
                "dtype",
                "bfloat16",
                "quantization_config",
                Json.object("quant_method", "fp8", "weight_block_size", List.of(4, 8))))
        .bytes(module + ".weight", DType.F8_E4M3, new byte[8 * 8], 8, 8)
        .floats(module + ".weight_scale_inv", DType.F32, new float[] {1, scale}, 2, 1)
        .random("lm_head.weight", DType.BF16, 8, 8)
        .in(temp.resolve("codes"));

    assertThatThrownBy(() -> Decompression.of(temp.resolve("codes"), temp.resolve("dense")))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "The weights of "
                + module
                + ".weight hold NaN or infinity, or values or scales that overflow their type. Mend"
                + " the checkpoint, or add the modules to ignore");
  }

  @Test
  void scalesOfCachesAreLeftOutAndThatIsSaid() throws IOException {
    new FilledCheckpoint(
            Json.object(
                "model_type",
                "llama",
                "dtype",
                "bfloat16",
                "quantization_config",
                Json.object("quant_method", "modelopt", "quant_algo", "FP8")))
        .bytes("a.k_proj.weight", DType.F8_E4M3, new byte[8 * 8], 8, 8)
        .floats("a.k_proj.weight_scale", DType.F32, new float[] {1})
        .floats("a.k_proj.input_scale", DType.F32, new float[] {1})
        .floats("a.k_proj.k_scale", DType.F32, new float[] {1})
        .floats("a.v_scale", DType.F32, new float[] {1})
        .in(temp.resolve("codes"));

    Outcome outcome = Decompression.of(temp.resolve("codes"), temp.resolve("dense"));

    assertThat(new TensorFolder(temp.resolve("dense")).tensors())
        .containsOnlyKeys("a.k_proj.weight");
    assertThat(outcome.notices())
        .containsExactly(
            "2 scales of caches, such as a.k_proj.k_scale, are not carried over: caches are not"
                + " quantized in the result");
  }

  @Test
  void codesBecomeWeightsOfTheTypeThatIsAskedFor() throws IOException {
    codes(TestData.tinyLlamaBf16(), "W4A16");
    TensorFolder usual = dense();
    Runs.run(
        Decompression.request(
            temp.resolve("codes"),
            temp.resolve("half"),
            Decompression.NOTHING,
            new OutputSettings(Optional.empty(), Optional.of(DType.F16), Form.COMPRESSED)));

    TensorFolder half = new TensorFolder(temp.resolve("half"));
    for (String name : named(usual, "weight")) {
      assertThat(half.tensors().get(name).spec().dtype()).as(name).isEqualTo(DType.F16);
      float[] expected = usual.floats(name);
      for (int i = 0; i < expected.length; i++) {
        expected[i] = half(expected[i]);
      }
      assertThat(half.floats(name)).as(name).isEqualTo(expected);
    }
  }

  /** The nearest number of eleven bits, or multiple of 2^-24. */
  private static float half(float value) {
    double unit = Math.max(0x1p-24, Math.scalb(1.0, Math.getExponent(value) - 10));
    return (float) (Math.rint(value / unit) * unit);
  }
}
