/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.problem.RequestException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RecipeErrorsTest {
  private static final String EXAMPLE =
      "write for example modifiers: {QuantizationModifier: {scheme: W4A16}}";
  private static final String TOP_KEYS =
      " It may have: modifiers, names that end in _modifiers or _stage, version, metadata";
  private static final String SCHEMES =
      " The schemes are: W8A8, INT8, W2A16, W2A8, W2A4, W3A16, W3A8, W3A4, W4A16, W4A8, W4A4, W5A16,"
          + " W5A8, W6A16, W6A8, W7A16, W7A8, W8A16, W4A16_ASYM, W4AFP8, FP8, FP8_DYNAMIC, FP8_BLOCK,"
          + " NVFP4A16, NVFP4, MXFP4A16, MXFP4, MXFP8A16, MXFP8";

  private static List<String> problems(String text) {
    RequestException refused =
        catchThrowableOfType(RequestException.class, () -> Recipes.parse("r.yaml", text));
    assertThat(refused).as("a refusal").isNotNull();
    return refused.problems();
  }

  private static Arguments wrong(String text, String... problems) {
    return Arguments.of(text, List.of(problems));
  }

  static Stream<Arguments> structure() {
    return Stream.of(
        wrong("", "r.yaml: the recipe is empty; " + EXAMPLE),
        wrong("# nothing\n", "r.yaml: the recipe is empty; " + EXAMPLE),
        wrong("---\n", "r.yaml:2:1: a recipe must be a map of modifiers, not nothing"),
        wrong("hello", "r.yaml:1:1: a recipe must be a map of modifiers, not \"hello\""),
        wrong("- a\n", "r.yaml:1:1: a recipe must be a map of modifiers, not a list"),
        wrong("version: 1\n", "r.yaml: the recipe names no modifier; " + EXAMPLE),
        wrong("modifiers: []", "r.yaml: the recipe names no modifier; " + EXAMPLE),
        wrong("a_stage: {}", "r.yaml: the recipe names no modifier; " + EXAMPLE),
        wrong(
            "modifiers:\n",
            "r.yaml:1:11: modifiers must be a map from modifiers to their settings, not nothing"),
        wrong(
            "modifiers: GPTQModifier",
            "r.yaml:1:12: modifiers must be a map from modifiers to their settings, not"
                + " \"GPTQModifier\""),
        wrong(
            "modifiers:\n- GPTQModifier\n",
            "r.yaml:2:3: an entry of modifiers must be a map from a modifier to its settings, not"
                + " \"GPTQModifier\""),
        wrong(
            "modifiers:\n  GPTQModifier: W4A16\n",
            "r.yaml:2:17: GPTQModifier must be a map of settings, not \"W4A16\""),
        wrong("x_stage: 3", "r.yaml:1:10: x_stage must be a map of modifiers, not \"3\""),
        wrong(
            "modifier:\n  GPTQModifier: {scheme: W4A16}\n",
            "r.yaml:1:1: a recipe has no key \"modifier\". Did you mean modifiers?"
                + TOP_KEYS
                + "\n    modifier:\n    ^"),
        wrong(
            "args: {}\n",
            "r.yaml:1:1: a recipe has no key \"args\"." + TOP_KEYS + "\n    args: {}\n    ^"),
        wrong(
            "q_stage:\n  run_typ: oneshot\n",
            "r.yaml:2:3: the stage q_stage has no key \"run_typ\". Did you mean run_type? It may"
                + " have: modifiers, names that end in _modifiers, run_type\n"
                + "      run_typ: oneshot\n      ^"),
        wrong(
            "q_stage: {run_type: train}",
            "r.yaml:1:21: run_type \"train\" is not run by this version; write run_type: oneshot"),
        wrong("version: 1\nversion: 2\n", "r.yaml:2:1: \"version\" stands twice; keep one"),
        wrong("[a]: 1", "r.yaml:1:1: a key must be plain text"),
        wrong(
            "modifiers: !!python/tuple [a]",
            "r.yaml:1:12: not YAML: Global tag is not allowed: tag:yaml.org,2002:python/tuple\n"
                + "    modifiers: !!python/tuple [a]\n               ^"),
        wrong(
            "modifiers: !mine {GPTQModifier: {scheme: W4A16}}",
            "r.yaml:1:12: the tag !mine is not read in recipes; write plain data"));
  }

  @ParameterizedTest
  @MethodSource("structure")
  void wrongStructureIsTold(String text, List<String> problems) {
    assertThat(problems(text)).isEqualTo(problems);
  }

  static Stream<Arguments> notYaml() {
    return Stream.of(
        wrong(
            "modifiers: [a\n",
            "r.yaml:2:1: not YAML: while parsing a flow sequence: expected ',' or ']', but got"
                + " <stream end>\n    \n    ^"),
        wrong(
            "modifiers:\n\tGPTQModifier: 1\n",
            "r.yaml:2:1: not YAML: while scanning for the next token: found character '\\t(TAB)'"
                + " that cannot start any token. (Do not use \\t(TAB) for indentation)\n"
                + "    \tGPTQModifier: 1\n    ^"),
        wrong(
            "a: 1\n---\nb: 2\n",
            "r.yaml:2:1: not YAML: expected a single document in the stream: but found another"
                + " document\n    ---\n    ^"),
        wrong("a: *b", "r.yaml:1:4: not YAML: found undefined alias b\n    a: *b\n       ^"));
  }

  @ParameterizedTest
  @MethodSource("notYaml")
  void whatIsNoYamlIsTold(String text, List<String> problems) {
    assertThat(problems(text)).isEqualTo(problems);
  }

  static Stream<Arguments> settings() {
    return Stream.of(
        wrong(
            "GPTQModifer: {scheme: W4A16}",
            "r.yaml:1:13: there is no modifier \"GPTQModifer\". Did you mean GPTQModifier? There"
                + " are: GPTQModifier, QuantizationModifier"),
        wrong(
            "SmoothQuantModifier: {smoothing_strength: 0.8}",
            "r.yaml:1:13: SmoothQuantModifier is known, but this version does not have it. It has:"
                + " GPTQModifier, QuantizationModifier"),
        wrong("GPTQModifier:", "r.yaml:1:13: no scheme is given; write for example scheme: W4A16"),
        wrong(
            "GPTQModifier: {scheme: W8A8_DYNAMIC}",
            "r.yaml:1:28: There is no scheme \"W8A8_DYNAMIC\". Write W8A8: it quantizes inputs when"
                + " the model runs, by token."
                + SCHEMES),
        wrong(
            "GPTQModifier: {scheme: W4A17}",
            "r.yaml:1:28: There is no scheme \"W4A17\". Did you mean W4A16?" + SCHEMES),
        wrong(
            "GPTQModifier: {scheme: NVFP4}",
            "r.yaml:1:28: scheme NVFP4 quantizes inputs by ranges that calibration must find, which"
                + " this version does not. Schemes such as FP8_DYNAMIC find them when the model"
                + " runs",
            "r.yaml:1:28: GPTQModifier of this version rounds schemes with scales by row or by"
                + " group; NVFP4 has them by tensor_group. QuantizationModifier takes it"),
        wrong(
            "GPTQModifier: {scheme: [W4A16]}",
            "r.yaml:1:28: scheme must be a text, not [\"W4A16\"]"),
        wrong(
            "GPTQModifier: {scheme: W4A16, bits: 4}",
            "r.yaml:1:43: GPTQModifier has no setting \"bits\". It has: targets, ignore,"
                + " config_groups, scheme, weight_observer, observer, block_size, dampening_frac,"
                + " actorder"),
        wrong(
            "GPTQModifier: {scheme: W4A16, Ignor: lm_head}",
            "r.yaml:1:43: GPTQModifier has no setting \"Ignor\". Did you mean ignore?"),
        wrong(
            "GPTQModifier: {scheme: W4A16, block_size: 0128}",
            "r.yaml:1:43: block_size must be a positive whole number, not \"0128\""),
        wrong(
            "GPTQModifier: {scheme: W4A16, block_size: 0x80}",
            "r.yaml:1:43: block_size must be a positive whole number, not \"0x80\""),
        wrong(
            "GPTQModifier: {scheme: W4A16, block_size: many}",
            "r.yaml:1:43: block_size must be a positive whole number, not \"many\""),
        wrong(
            "GPTQModifier: {scheme: W4A16, dampening_frac: .nan}",
            "r.yaml:1:59: .nan is not a finite number"),
        wrong(
            "GPTQModifier: {scheme: W4A16, dampening_frac: 1e999}",
            "r.yaml:1:59: 1e999 is not a finite number"),
        wrong(
            "GPTQModifier: {scheme: W4A16, dampening_frac: 2}",
            "r.yaml:1:43: dampening_frac must lie between 0 and 1, not 2.0"),
        wrong(
            "GPTQModifier: {scheme: W4A16, actorder: no}",
            "r.yaml:1:43: actorder must be a text, not false"),
        wrong(
            "GPTQModifier: {scheme: W8A8, actorder: group}",
            "r.yaml:1:42: actorder group needs a scheme with groups; W8A8 has none"),
        wrong(
            "GPTQModifier: {scheme: W4A16, ignore: 2020-01-01}",
            "r.yaml:1:51: 2020-01-01 is a date in YAML; put it in quotes"),
        wrong(
            "GPTQModifier: {scheme: W4A16, ignore: !!binary YQ==}",
            "r.yaml:1:51: the tag tag:yaml.org,2002:binary is not read in recipes; write plain"
                + " data"),
        wrong(
            "GPTQModifier: {scheme: W4A16, targets: ['re:*']}",
            "r.yaml:1:43: re:* is no regular expression: Dangling meta character '*' at character"
                + " 0"),
        wrong(
            "GPTQModifier: {scheme: W4A16, scheme: W8A8}",
            "r.yaml:1:43: \"scheme\" stands twice; keep one"));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void wrongSettingIsTold(String modifier, List<String> problems) {
    assertThat(problems("modifiers: {" + modifier + "}")).isEqualTo(problems);
  }

  @Test
  void allProblemsOfAFileAreSaidAtOnce() {
    String text =
        """
        verion: 1
        quant_stage:
          quant_modifiers:
            GPTQModifier:
              scheme: W4A61
              blocksize: 64
            AWQModifier: {}
        """;

    assertThat(problems(text))
        .extracting(problem -> problem.lines().findFirst().orElseThrow())
        .containsExactly(
            "r.yaml:1:1: a recipe has no key \"verion\". Did you mean version?" + TOP_KEYS,
            "r.yaml:5:7: There is no scheme \"W4A61\". Did you mean W4A16?" + SCHEMES,
            "r.yaml:6:7: GPTQModifier has no setting \"blocksize\". Did you mean block_size?",
            "r.yaml:7:5: AWQModifier is known, but this version does not have it. It has:"
                + " GPTQModifier, QuantizationModifier");
  }

  @Test
  void aliasThatRefersToItselfIsTold() {
    assertThat(problems("modifiers: {GPTQModifier: {scheme: W4A16, ignore: &x [*x]}}"))
        .containsExactly(
            "r.yaml:1:51: an alias inside refers to the whole, without end",
            "r.yaml:1:43: ignore must be a text or a list of texts, not [null]");
  }

  @Test
  void aliasesThatMultiplyAreTold() {
    StringBuilder lists = new StringBuilder("[a]");
    for (int level = 0; level < 24; level++) {
      lists.insert(0, "[&a" + level + " ").append(", *a" + level + "]");
    }

    List<String> problems =
        problems("modifiers: {GPTQModifier: {scheme: W4A16, ignore: " + lists + "}}");

    assertThat(problems)
        .hasSize(2)
        .anyMatch(
            problem ->
                problem.endsWith(
                    ": with its aliases spelled out, the recipe has more than 100000 values"));
    assertThat(problems).allMatch(problem -> problem.length() < 250);
  }
}
