/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import dev.sinter.quantization.Presets;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationScheme;
import dev.sinter.testing.TestData;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModifierRegistryTest {
  private static final String GPTQ = "GPTQModifier";
  private static final String PLAIN = "QuantizationModifier";

  private final ModifierRegistry registry = new ModifierRegistry();

  private static Map<String, Json> json(String members) {
    return TestData.json(("{" + members + "}").getBytes(StandardCharsets.UTF_8)).members();
  }

  private Modifier create(String name, String settings) {
    return registry.create(name, json(settings));
  }

  private List<String> problems(String name, String settings) {
    RequestException refused =
        catchThrowableOfType(RequestException.class, () -> create(name, settings));
    assertThat(refused).as("a refusal").isNotNull();
    return refused.problems();
  }

  private static QuantizationScheme scheme(Modifier modifier) {
    ListedTargets targets = (ListedTargets) modifier.targets();
    assertThat(targets.groups()).hasSize(1);
    return targets.groups().get(0).scheme();
  }

  @Test
  void orderOfColumnsIsThatOfTheSchemeUnlessItIsGiven() {
    String group =
        "\"config_groups\": {\"g\": {\"targets\": [\"Linear\"], \"weights\": {\"num_bits\": 4,"
            + " \"group_size\": 128, \"actorder\": \"group\"}}}";

    assertThat(create(GPTQ, group).settings().members().get("actorder"))
        .isEqualTo(Json.of("group"));
    assertThat(problems(GPTQ, group + ", \"actorder\": \"static\""))
        .containsExactly(
            "GPTQModifier.actorder: actorder is stated in several ways, by the modifier and by the"
                + " weights of its groups; state it once");
  }

  @Test
  void targetOfTwoGroupsIsTold() {
    assertThat(problems(PLAIN, "\"scheme\": {\"W8A16\": [\"Linear\"], \"W4A16\": [\"Linear\"]}"))
        .containsExactly(
            "QuantizationModifier.scheme: the target \"Linear\" stands in several groups, and a"
                + " module has one scheme; keep it in one");
  }

  @ParameterizedTest
  @CsvSource({
    "GPTQModifer, ' Did you mean GPTQModifier?'",
    "gptq_modifier, ' Did you mean GPTQModifier?'",
    "QuantisationModifier, ' Did you mean QuantizationModifier?'",
    "SmothQuant, ' Did you mean SmoothQuantModifier?'",
    "Foo, ''"
  })
  void unknownNameIsToldTheNearest(String name, String hint) {
    assertThat(problems(name, "\"scheme\": \"W4A16\""))
        .containsExactly(
            name
                + ": there is no modifier \""
                + name
                + "\"."
                + hint
                + " There are: AWQModifier, AutoRoundModifier, ConstantPruningModifier,"
                + " GPTQModifier, LogarithmicEqualizationModifier, MagnitudePruningModifier,"
                + " OutputDistillationModifier, QuIPModifier, QuantizationModifier,"
                + " REAPPruningModifier, SmoothQuantModifier, SparseGPTModifier,"
                + " SpinQuantModifier, WandaPruningModifier");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "AutoRoundModifier | AutoRoundModifier | ",
        "ConstantPruningModifier | ConstantPruningModifier | ",
        "MagnitudePruningModifier | MagnitudePruningModifier | \"final_sparsity\": 0.5",
        "OutputDistillationModifier | OutputDistillationModifier | ",
        "DistillationModifier | OutputDistillationModifier | ",
        "QuIPModifier | QuIPModifier | ",
        "REAPPruningModifier | REAPPruningModifier | \"sparsity\": 0.25",
        "SparseGPTModifier | SparseGPTModifier | \"sparsity\": [0.5, 0.6]",
        "SparseGPT | SparseGPTModifier | \"sparsity\": 0.5",
        "SpinQuantModifier | SpinQuantModifier | ",
        "WandaPruningModifier | WandaPruningModifier | \"sparsity\": 0.5",
        "WANDA | WandaPruningModifier | \"sparsity\": 0.5",
      })
  void modifierOfThePeersIsReadAndSaysThatItIsMissing(
      String written, String name, String settings) {
    Modifier modifier = create(written, settings == null ? "" : settings);

    assertThat(registry.knows(written)).isTrue();
    assertThat(modifier.name()).isEqualTo(name);
    assertThat(modifier.solver()).isEmpty();
    assertThat(modifier.missing()).containsExactly("the method " + name);
  }

  @ParameterizedTest
  @CsvSource({
    "AWQModifier, AWQModifier",
    "AWQ, AWQModifier",
    "LogarithmicEqualizationModifier, LogarithmicEqualizationModifier",
    "SmoothQuantModifier, SmoothQuantModifier",
    "SmoothQuant, SmoothQuantModifier"
  })
  void modifierThatSmoothsRoundsNothingAndNeedsData(String written, String name) {
    Modifier modifier = create(written, "");

    assertThat(registry.knows(written)).isTrue();
    assertThat(modifier.name()).isEqualTo(name);
    assertThat(modifier.smoothing()).isPresent();
    assertThat(modifier.solver()).isEmpty();
    assertThat(modifier.needsCalibration()).isTrue();
    assertThat(modifier.missing()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "\"scheme\": \"W4A16\", \"blok_size\": 64 | blok_size |"
            + " GPTQModifier has no setting \"blok_size\". Did you mean block_size?",
        "\"scheme\": \"W4A16\", \"block_size\": \"64\" | block_size |"
            + " block_size must be a positive whole number up to 2147483647, not \"64\"",
        "\"scheme\": \"W4A16\", \"block_size\": 0 | block_size |"
            + " block_size must be a positive whole number up to 2147483647, not 0",
        "\"scheme\": \"W4A16\", \"block_size\": 1.5 | block_size |"
            + " block_size must be a positive whole number up to 2147483647, not 1.5",
        "\"scheme\": \"W4A16\", \"dampening_frac\": true | dampening_frac |"
            + " dampening_frac must be a number between 0 and 1, not true",
        "\"scheme\": \"W4A16\", \"dampening_frac\": 1.5 | dampening_frac |"
            + " dampening_frac must be a number between 0 and 1, not 1.5",
        "\"scheme\": \"W4A16\", \"dampening_frac\": -0.1 | dampening_frac |"
            + " dampening_frac must be a number between 0 and 1, not -0.1",
        "\"scheme\": \"W4A16\", \"actorder\": \"descending\" | actorder |"
            + " actorder must be one of static, weight, group, dynamic, not \"descending\"",
        "\"scheme\": \"W4A16\", \"actorder\": true | actorder |"
            + " actorder must be one of static, weight, group, dynamic, not true",
        "\"scheme\": \"W8A8\", \"actorder\": \"group\" | actorder |"
            + " actorder group needs a scheme with groups; W8A8 has none",
        "\"scheme\": \"W4A16\", \"targets\": 3 | targets |"
            + " targets must be a text or a list of texts, not 3",
        "\"scheme\": \"W4A16\", \"ignore\": [\"a\", 1] | ignore |"
            + " ignore must be a text or a list of texts, not [\"a\",1]",
        "\"scheme\": \"W4A16\", \"ignore\": \"re:[\" | ignore |"
            + " re:[ is no regular expression: Unclosed character class at character 0",
        "\"scheme\": 4 | scheme |"
            + " scheme must be a preset such as W4A16, or {W4A16: [targets]}, not 4",
        "\"targets\": \"Linear\" | | no scheme is given; write for example scheme: W4A16",
        "\"scheme\": null | scheme | no scheme is given; write for example scheme: W4A16",
        "\"scheme\": \"W4A16\", \"config_groups\": {} | config_groups |"
            + " config_groups and scheme both say what to do; give one",
        "\"config_groups\": {} | config_groups |"
            + " config_groups must be groups by name, such as group_0: {targets: [Linear], weights:"
            + " {num_bits: 4}}",
        "\"scheme\": \"FP8_DYNAMIC\", \"kv_cache_scheme\": {\"num_bits\": 1} |"
            + " kv_cache_scheme.num_bits |"
            + " kv_cache_scheme: Integers of 1 bits are not supported: 2 to 8 are",
        "\"scheme\": \"FP8_DYNAMIC\", \"kv_cache_scheme\": \"fp8\" | kv_cache_scheme |"
            + " kv_cache_scheme must be settings such as {num_bits: 8, type: float}, not \"fp8\"",
      })
  void wrongSettingIsToldOnce(String settings, String name, String message) {
    String place = name == null ? GPTQ : GPTQ + "." + name;
    assertThat(problems(GPTQ, settings)).containsExactly(place + ": " + message);
  }

  @Test
  void cachesHaveASchemeOfTheirOwn() {
    Modifier modifier =
        create(
            GPTQ,
            "\"scheme\": \"W4A16\", \"kv_cache_scheme\": {\"num_bits\": 8, \"type\": \"float\"}");

    assertThat(((ListedTargets) modifier.targets()).kvCache().orElseThrow().type())
        .isEqualTo(QuantizationArgs.Type.FLOAT);
    assertThat(modifier.settings().member("kv_cache_scheme")).isPresent();
  }

  /** Their formats have no place for the group of each column. */
  @ParameterizedTest
  @ValueSource(strings = {"MXFP4A16", "MXFP4"})
  void groupsOutOfOrderAreRefusedWhereNoFormatHoldsThem(String scheme) {
    assertThat(problems(GPTQ, "\"scheme\": \"" + scheme + "\", \"actorder\": \"group\""))
        .singleElement()
        .asString()
        .startsWith(GPTQ + ".actorder: ");
  }

  @Test
  void settingWithNothingNearIsToldAll() {
    assertThat(problems(PLAIN, "\"scheme\": \"W4A16\", \"frobnicate\": 4"))
        .containsExactly(
            PLAIN
                + ".frobnicate: QuantizationModifier has no setting \"frobnicate\". It has: targets,"
                + " ignore, config_groups, scheme, kv_cache_scheme, weight_observer, input_observer,"
                + " output_observer, observer");
  }

  @Test
  void settingOfAnotherToolIsToldWhatToWrite() {
    assertThat(problems(PLAIN, "\"bits\": 4"))
        .containsExactly(
            PLAIN
                + ".bits: QuantizationModifier has no setting \"bits\". Bits are part of the scheme:"
                + " write scheme: W4A16 or another preset, or config_groups: {group_0: {targets:"
                + " [Linear], weights: {num_bits: 4}}}");
  }

  @Test
  void allProblemsAreSaidAtOnce() {
    assertThat(
            problems(
                GPTQ,
                """
                "scheme": "W4A61", "block_size": -1, "dampening_frac": 2, "actorder": "up",
                "targets": ["re:("], "damp": 1
                """))
        .containsExactlyInAnyOrder(
            GPTQ + ".targets[0]: re:( is no regular expression: Unclosed group at character 1",
            GPTQ
                + ".scheme: There is no scheme \"W4A61\". Did you mean W4A16? The schemes are: "
                + Presets.names(),
            GPTQ
                + ".block_size: block_size must be a positive whole number up to 2147483647, not -1",
            GPTQ + ".dampening_frac: dampening_frac must be a number between 0 and 1, not 2",
            GPTQ + ".actorder: actorder must be one of static, weight, group, dynamic, not \"up\"",
            GPTQ
                + ".damp: GPTQModifier has no setting \"damp\". It has: targets, ignore,"
                + " config_groups, scheme, kv_cache_scheme, weight_observer, input_observer,"
                + " output_observer, observer, block_size, dampening_frac, actorder");
  }

  @Test
  void defaultsAreThoseOfTheReference() {
    Modifier modifier = create(GPTQ, "\"scheme\": \"w4a16\"");

    assertThat(modifier.name()).isEqualTo(GPTQ);
    assertThat(modifier.needsCalibration()).isTrue();
    assertThat(modifier.settings())
        .isEqualTo(
            Json.object(
                "targets",
                List.of("Linear"),
                "ignore",
                List.of(),
                "scheme",
                "W4A16",
                "block_size",
                128,
                "dampening_frac",
                0.01,
                "actorder",
                "static"));
  }

  @ParameterizedTest
  @CsvSource({
    "\"static\", static",
    "\"weight\", static",
    "\"group\", group",
    "\"dynamic\", group",
    "null,"
  })
  void orderGoesByTheReferencesNames(String given, String meant) {
    Modifier modifier =
        create(GPTQ, "\"scheme\": \"W4A16\", \"actorder\": " + given.replace("'", "\""));

    assertThat(modifier.settings().members().get("actorder")).isEqualTo(Json.of(meant));
    assertThat(((Json.Obj) scheme(modifier).weights().json()).members().get("actorder"))
        .isEqualTo(Json.of(meant));
  }

  @Test
  void whatThePeersWriteBesideIsAccepted() {
    String peers =
        """
        "targets": "Linear", "scheme": "W4A16", "bypass_divisibility_checks": false,
        "index": null, "start": -1, "end": null, "update": null, "config_groups": null,
        "requires_calibration_data": %s
        """;

    assertThat(create(PLAIN, peers.formatted(false)).needsCalibration()).isFalse();
    assertThat(create(GPTQ, peers.formatted(true) + ", \"offload_hessians\": true"))
        .isEqualTo(create(GPTQ, "\"scheme\": \"W4A16\""));
  }

  @Test
  void nullMeansTheDefault() {
    assertThat(
            create(
                GPTQ,
                "\"scheme\": \"W4A16\", \"targets\": null, \"ignore\": null, \"block_size\": null,"
                    + " \"dampening_frac\": null"))
        .isEqualTo(create(GPTQ, "\"scheme\": \"W4A16\""));
  }
}
