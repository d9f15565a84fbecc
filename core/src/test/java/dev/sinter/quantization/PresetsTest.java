/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PresetsTest {
  private static final String ALL =
      "W8A8, INT8, W2A16, W2A8, W2A4, W3A16, W3A8, W3A4, W4A16, W4A8, W4A4, W5A16, W5A8, W6A16,"
          + " W6A8, W7A16, W7A8, W8A16, W4A16_ASYM, W4AFP8, FP8, FP8_DYNAMIC, FP8_BLOCK, NVFP4A16,"
          + " NVFP4, MXFP4A16, MXFP4, MXFP8A16, MXFP8";

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
}
