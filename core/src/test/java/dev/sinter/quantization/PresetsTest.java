/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.quantization.QuantizationScheme.Activations;
import dev.sinter.testing.TestData;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PresetsTest {
  private static final String ALL =
      "W8A8, INT8, W2A16, W2A8, W2A4, W3A16, W3A8, W3A4, W4A16, W4A8, W4A4, W5A16, W5A8, W6A16,"
          + " W6A8, W7A16, W7A8, W8A16, W4A16_ASYM, W4AFP8, FP8, FP8_DYNAMIC, FP8_BLOCK, NVFP4A16,"
          + " NVFP4, MXFP4A16, MXFP4, MXFP8A16, MXFP8";

  static Stream<String> names() {
    return Stream.of(ALL.split(", "));
  }

  private static Json.Obj golden(String name) {
    Json.Obj file = TestData.json(TestData.golden().resolve("quantization/presets.json"));
    return (Json.Obj) ((Json.Obj) file.members().get("presets")).members().get(name);
  }

  @Test
  void everyPresetOfTheReferenceIsThere() {
    Json.Obj file = TestData.json(TestData.golden().resolve("quantization/presets.json"));
    assertThat(names())
        .containsExactlyInAnyOrderElementsOf(
            ((Json.Obj) file.members().get("presets")).members().keySet());
    assertThat(Presets.names()).isEqualTo(ALL);
  }

  @ParameterizedTest
  @MethodSource("names")
  void presetIsThatOfTheReference(String name) {
    QuantizationScheme scheme = Presets.named(name);

    assertThat(scheme.name()).isEqualTo(name);
    assertThat(scheme.weights().json()).isEqualTo(golden(name).members().get("weights"));
    Json inputs =
        scheme.inputs() instanceof Activations.Quantized quantized
            ? quantized.args().json()
            : new Json.Null();
    assertThat(inputs).isEqualTo(golden(name).members().get("input_activations"));
  }

  /** But codes below eight bits are packed also where inputs are quantized. */
  @ParameterizedTest
  @MethodSource("names")
  void formatIsTheOneThatTheReferenceInfers(String name) {
    String inferred = ((Json.Str) golden(name).members().get("format")).value();
    boolean packed = name.matches("W[2-7]A(4|8|FP8)");

    assertThat(CompressionFormat.of(Presets.named(name)).jsonName())
        .isEqualTo(packed ? "pack-quantized" : inferred);
  }

  @Test
  void weightOnlyFloat8IsNaive() {
    QuantizationScheme scheme =
        new QuantizationScheme("", Presets.named("FP8").weights(), new Activations.Full());

    assertThat(CompressionFormat.of(scheme)).isEqualTo(CompressionFormat.NAIVE_QUANTIZED);
  }

  @ParameterizedTest
  @MethodSource("names")
  void schemeThatSaysTheSameHasThePresetsName(String name) {
    QuantizationScheme preset = Presets.named(name);
    QuantizationScheme other = new QuantizationScheme("group_0", preset.weights(), preset.inputs());
    QuantizationScheme unlike =
        other.withWeights(preset.weights().withObserver(Observer.named("memoryless_mse")));

    assertThat(Presets.name(other)).isEqualTo(name.equals("INT8") ? Presets.named("W8A8") : preset);
    assertThat(Presets.name(unlike)).isSameAs(unlike);
    assertThat(Presets.find(name)).contains(preset);
    assertThat(Presets.find(name.toLowerCase(java.util.Locale.ROOT))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("names")
  void onlyRangesOfInputsNeedData(String name) {
    assertThat(Presets.named(name).needsRanges())
        .isEqualTo(name.equals("FP8") || name.equals("NVFP4"));
  }

  @Test
  void nameMayBeInAnyCase() {
    assertThat(Presets.named("w4a16_Asym")).isEqualTo(Presets.named("W4A16_ASYM"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "W4A61    | Did you mean W4A16?",
        "w4a16-asym | Did you mean W4A16_ASYM?",
        "FP8_DYNAMC | Did you mean FP8_DYNAMIC?",
      })
  void unknownNameIsToldTheNearest(String name, String hint) {
    assertThatThrownBy(() -> Presets.named(name))
        .isInstanceOf(RequestException.class)
        .hasMessage("There is no scheme \"" + name + "\". " + hint + " The schemes are: " + ALL);
  }

  @Test
  void unknownNameWithNothingNearIsToldAll() {
    assertThatThrownBy(() -> Presets.named("GGUF"))
        .isInstanceOf(RequestException.class)
        .hasMessage("There is no scheme \"GGUF\". The schemes are: " + ALL);
  }

  /** The peer's scheme by token was always dynamic. */
  @ParameterizedTest
  @ValueSource(strings = {"W8A8_DYNAMIC", "w8a8-dynamic", "INT8_DYNAMIC"})
  void dynamicW8A8OfOldDocumentsIsW8A8(String name) {
    assertThat(Presets.named(name)).isSameAs(Presets.named("W8A8"));
    assertThat(Presets.renamed(name)).contains("W8A8");
    assertThat(Presets.renamed("W8A8")).isEmpty();
  }

  @Test
  void configIsThatOfTheReference() {
    assertThat(Presets.named("W4A16").weights().json())
        .isEqualTo(
            Json.object(
                "actorder",
                null,
                "block_structure",
                null,
                "dynamic",
                false,
                "group_size",
                128,
                "num_bits",
                4,
                "observer",
                "memoryless_minmax",
                "observer_kwargs",
                Json.object(),
                "scale_dtype",
                null,
                "strategy",
                "group",
                "symmetric",
                true,
                "type",
                "int",
                "zp_dtype",
                null));
    assertThat(Presets.named("W4A16_ASYM").withActorder(ActivationOrder.GROUP).weights().json())
        .isEqualTo(
            ((Json.Obj) Presets.named("W4A16").weights().json())
                .with("actorder", Json.of("group"))
                .with("symmetric", Json.of(false))
                .with("zp_dtype", Json.of("torch.int8")));
  }
}
