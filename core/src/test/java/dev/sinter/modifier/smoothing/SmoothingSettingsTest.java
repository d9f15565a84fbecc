/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.smoothing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.ModifierRegistry;
import dev.sinter.problem.RequestException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the settings of smoothing methods take, and what is said of what they do not. */
class SmoothingSettingsTest {
  private static final String LIST =
      "a mapping must be such as [[re:.*q_proj, re:.*k_proj, re:.*v_proj], re:.*input_layernorm],"
          + " not ";
  private static final String MAP =
      "a mapping must be such as {smooth_layer: re:.*input_layernorm, balance_layers:"
          + " [re:.*q_proj, re:.*k_proj]}, not ";

  private static List<String> problems(String method, String settings) {
    RequestException refused =
        catchThrowableOfType(
            RequestException.class, () -> SmoothedModel.modifier(method, settings));
    assertThat(refused).as("a refusal").isNotNull();
    return refused.problems();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "SmoothQuantModifier | \"smoothing_strength\": 1.5 | smoothing_strength |"
            + " smoothing_strength must be a number between 0 and 1, not 1.5",
        "SmoothQuantModifier | \"algorithm\": \"log\" | algorithm |"
            + " algorithm must be one of smoothquant, log_equalization, not \"log\"",
        "SmoothQuantModifier | \"ignore\": \"re:(\" | ignore |"
            + " re:( is no regular expression: Unclosed group at character 1",
        "SmoothQuantModifier | \"smoothing_strenght\": 0.5 | smoothing_strenght |"
            + " SmoothQuantModifier has no setting \"smoothing_strenght\". Did you mean smoothing_strength?",
        "SmoothQuantModifier | \"mappings\": \"re:.*q_proj\" | mappings | mappings must be a list,"
            + " each item a map of settings or a mapping such as [[re:.*q_proj, re:.*k_proj,"
            + " re:.*v_proj], re:.*input_layernorm], not \"re:.*q_proj\"",
        "SmoothQuantModifier | \"mappings\": [] | mappings | there is no mapping in the list; leave"
            + " it out, and the model says which there are",
        "SmoothQuantModifier | \"mappings\": [\"re:.*q_proj\"] | mappings[0] | "
            + LIST
            + "\"re:.*q_proj\"",
        "SmoothQuantModifier | \"mappings\": [[\"re:.*q_proj\", \"re:.*norm\"]] | mappings[0] | "
            + LIST
            + "a list",
        "SmoothQuantModifier | \"mappings\": [[[\"re:.*q_proj\"], [\"re:.*norm\"]]] | mappings[0] |"
            + " "
            + LIST
            + "a list",
        "SmoothQuantModifier | \"mappings\": [[[\"re:.*q_proj\", 3], \"re:.*norm\"]] | mappings[0]"
            + " | "
            + LIST
            + "a list",
        "SmoothQuantModifier | \"mappings\": [[[\"re:[\"], \"re:.*norm\"]] | mappings[0][0][0] |"
            + " re:[ is no regular expression: Unclosed character class at character 0",
        "LogarithmicEqualizationModifier | \"algorithm\": \"smoothquant\" | algorithm |"
            + " LogarithmicEqualizationModifier means algorithm log_equalization; for smoothquant"
            + " write SmoothQuantModifier",
        "AWQModifier | \"duo_scaling\": \"neither\" | duo_scaling |"
            + " duo_scaling must be true or false or one of both, not \"neither\"",
        "AWQModifier | \"n_grid\": 0 | n_grid | n_grid must be a positive whole number up to 2147483647, not 0",
        "AWQModifier | \"n_grid\": 1, \"duo_scaling\": \"both\" | n_grid |"
            + " n_grid must be at least 2 for duo_scaling both, not 1",
        "AWQModifier | \"scheme\": \"W4A16\" | scheme | AWQModifier has no setting \"scheme\". This"
            + " method rounds nothing: give the scheme to a QuantizationModifier behind it",
        "AWQModifier | \"mappings\": [\"re:.*q_proj\"] | mappings[0] | " + MAP + "\"re:.*q_proj\"",
        "AWQModifier | \"mappings\": [[\"re:.*norm\"]] | mappings[0] | " + MAP + "a list",
        "AWQModifier | \"mappings\": [{\"smooth_layer\": \"re:.*norm\"}] | mappings[0] | a mapping"
            + " needs balance_layers, a text or a list of texts: the linear modules that read it",
        "AWQModifier | \"mappings\": [{\"smooth_layer\": \"a\", \"balance_layers\": []}] |"
            + " mappings[0] | "
            + MAP
            + "a map",
        "AWQModifier | \"mappings\": [{\"smooth_layer\": \"a\", \"balance_layers\": [\"b\"],"
            + " \"hook\": \"c\"}] | mappings[0].hook | a mapping has no setting \"hook\". It has:"
            + " smooth_layer, balance_layers, activation_hook_target",
      })
  void wrongSettingIsToldOnce(String method, String settings, String place, String message) {
    assertThat(problems(method, settings)).containsExactly(method + "." + place + ": " + message);
  }

  @Test
  void defaultsAreThoseOfTheReference() {
    assertThat(SmoothedModel.modifier("SmoothQuantModifier", "").settings())
        .isEqualTo(
            Json.object(
                "smoothing_strength", 0.5, "ignore", List.of(), "algorithm", "smoothquant"));
    assertThat(SmoothedModel.modifier("LogarithmicEqualizationModifier", "").settings())
        .isEqualTo(
            Json.object(
                "smoothing_strength", 0.5, "ignore", List.of(), "algorithm", "log_equalization"));
    assertThat(SmoothedModel.modifier("AWQModifier", "").settings())
        .isEqualTo(Json.object("duo_scaling", true, "n_grid", 20));
  }

  @Test
  void settingsComeBackAsTheyWere() {
    String given =
        "\"smoothing_strength\": 0.8, \"mappings\": [[[\"re:.*q_proj\"], \"re:.*norm\"]],"
            + " \"ignore\": \"lm_head\", \"num_calibration_steps\": 5";
    Modifier modifier = SmoothedModel.modifier("SmoothQuantModifier", given);

    assertThat(modifier.settings().members().keySet())
        .containsExactly("smoothing_strength", "mappings", "ignore", "algorithm");
    assertThat(new ModifierRegistry().create(modifier.name(), modifier.settings().members()))
        .isEqualTo(modifier);
  }
}
