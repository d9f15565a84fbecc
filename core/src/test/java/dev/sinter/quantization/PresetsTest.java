/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.quantization.QuantizationArgs.OptionalGroup;
import dev.sinter.quantization.QuantizationArgs.Strategy;
import dev.sinter.quantization.QuantizationArgs.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PresetsTest {
  private static final String ALL =
      "W8A8, INT8, W2A16, W3A16, W4A16, W5A16, W6A16, W7A16, W8A16, W4A16_ASYM, FP8_DYNAMIC";

  @ParameterizedTest
  @CsvSource({
    "W8A8, 8, INT, true, CHANNEL, 0, 8, INT",
    "INT8, 8, INT, true, CHANNEL, 0, 8, INT",
    "W2A16, 2, INT, true, GROUP, 128, 0,",
    "W3A16, 3, INT, true, GROUP, 128, 0,",
    "W4A16, 4, INT, true, GROUP, 128, 0,",
    "W5A16, 5, INT, true, GROUP, 128, 0,",
    "W6A16, 6, INT, true, GROUP, 128, 0,",
    "W7A16, 7, INT, true, GROUP, 128, 0,",
    "W8A16, 8, INT, true, GROUP, 128, 0,",
    "W4A16_ASYM, 4, INT, false, GROUP, 128, 0,",
    "FP8_DYNAMIC, 8, FLOAT, true, CHANNEL, 0, 8, FLOAT"
  })
  void presetIsThatOfTheReference(
      String name,
      int bits,
      Type type,
      boolean symmetric,
      Strategy strategy,
      int group,
      int inputBits,
      Type inputType) {
    QuantizationScheme scheme = Presets.named(name);

    assertThat(scheme.name()).isEqualTo(name);
    assertThat(scheme.weights())
        .isEqualTo(
            new QuantizationArgs(
                bits,
                type,
                symmetric,
                strategy,
                new OptionalGroup(group),
                false,
                ActivationOrder.UNSET));
    assertThat(scheme.inputs())
        .isEqualTo(
            inputBits == 0
                ? new QuantizationScheme.Inputs.Full()
                : new QuantizationScheme.Inputs.Quantized(
                    new QuantizationArgs(
                        inputBits,
                        inputType,
                        true,
                        Strategy.TOKEN,
                        OptionalGroup.NONE,
                        true,
                        ActivationOrder.UNSET)));
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

  @ParameterizedTest
  @ValueSource(strings = {"NVFP4", "mxfp4", "FP8", "FP8_BLOCK", "W4A8", "W4AFP8"})
  void knownSchemeThatIsMissingIsSaidToBe(String name) {
    assertThatThrownBy(() -> Presets.named(name))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "Scheme "
                + name.toUpperCase(java.util.Locale.ROOT)
                + " is known, but this version does not quantize to it. It has: "
                + ALL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"W8A8_DYNAMIC", "w8a8-dynamic", "INT8_DYNAMIC"})
  void dynamicW8A8OfOldDocumentsIsToldItsName(String name) {
    assertThatThrownBy(() -> Presets.named(name))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "There is no scheme \""
                + name
                + "\". Write W8A8: it quantizes inputs when the model runs, by token. The schemes are: "
                + ALL);
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "9 | INT | true | CHANNEL | 0 | Integers of 9 bits are not supported: 2 to 8 are",
        "1 | INT | true | CHANNEL | 0 | Integers of 1 bits are not supported: 2 to 8 are",
        "4 | FLOAT | true | CHANNEL | 0 | Floats of 4 bits are not supported: 8 are",
        "8 | FLOAT | false | CHANNEL | 0 | Floats have no zero point: they must be symmetric",
        "4 | INT | true | GROUP | 0 | Strategy GROUP with a group size of 0",
        "4 | INT | true | CHANNEL | 32 | Strategy CHANNEL with a group size of 32",
      })
  void settingsThatMeanNothingAreRefused(
      int bits, Type type, boolean symmetric, Strategy strategy, int group, String message) {
    assertThatThrownBy(() -> QuantizationArgs.weights(bits, type, symmetric, strategy, group))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
