/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.ModuleInfo.Reach;
import dev.sinter.problem.RequestException;
import dev.sinter.recipe.Recipe;
import dev.sinter.recipe.Recipes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which quantizers rules turn on, and what the last word about each is. */
class QuantizerRulesTest {
  private static final List<ModuleInfo> MODEL =
      List.of(
          new ModuleInfo("embed", ModuleInfo.EMBEDDING),
          new ModuleInfo("self_attn.q_proj", ModuleInfo.LINEAR),
          new ModuleInfo("self_attn.k_proj", ModuleInfo.LINEAR),
          new ModuleInfo("mlp.gate", ModuleInfo.ROUTER),
          new ModuleInfo("mlp.up_proj", ModuleInfo.LINEAR),
          new ModuleInfo("norm", "Norm or other"));

  private static Recipe parse(String rules) {
    return Recipes.parse("r.yaml", "quantize:\n  quant_cfg:\n" + rules.indent(4));
  }

  private static Map<String, QuantizerState> states(String rules) {
    return ((QuantizerRules) parse(rules).modifiers().get(0).targets()).quantizers(MODEL);
  }

  /** The quantizers that are on, with what they do. */
  private static Map<String, String> on(String rules) {
    Map<String, String> on = new TreeMap<>();
    states(rules)
        .forEach(
            (name, state) -> {
              if (state.enabled()) {
                List<String> stages =
                    state.attributes().stream().map(QuantizerAttributes::toString).toList();
                on.put(name, String.join(" then ", stages));
              }
            });
    return on;
  }

  private static final String OFF = "- {quantizer_name: '*', enable: false}\n";

  @Test
  void withoutRulesAllThatStandBeforeModulesIsOnAsInt8() {
    Map<String, String> expected = new TreeMap<>();
    for (String module : List.of("embed", "self_attn.q_proj", "self_attn.k_proj", "mlp.up_proj")) {
      expected.put(module + ".input_quantizer", "int8");
      expected.put(module + ".weight_quantizer", "int8");
    }
    for (String role : List.of("q", "k", "v", "p")) {
      expected.put("self_attn." + role + "_bmm_quantizer", "int8");
    }

    assertThat(on("[]")).isEqualTo(expected);
  }

  @Test
  void lastRuleWins() {
    String up = "- {quantizer_name: '*up_proj.weight_quantizer', cfg: {num_bits: e4m3}}\n";
    String all = "- {quantizer_name: '*weight_quantizer', cfg: {num_bits: 4}}\n";

    assertThat(on(OFF + all + up))
        .containsEntry("mlp.up_proj.weight_quantizer", "e4m3")
        .containsEntry("embed.weight_quantizer", "int4")
        .hasSize(4);
    assertThat(on(OFF + up + all)).containsEntry("mlp.up_proj.weight_quantizer", "int4");
    assertThat(on(up + all + OFF)).isEmpty();
  }

  @Test
  void ruleWithAttributesReplacesAllOfThem() {
    assertThat(
            on(
                OFF
                    + "- {quantizer_name: '*up_proj.weight_quantizer', cfg: {num_bits: 4, axis: 0}}\n"
                    + "- {quantizer_name: '*up_proj.weight_quantizer', cfg: {num_bits: e4m3}}\n"))
        .containsExactly(Map.entry("mlp.up_proj.weight_quantizer", "e4m3"));
  }

  @Test
  void ruleWithoutAttributesTurnsAndLeavesThem() {
    String set = "- {quantizer_name: '*up_proj.weight_quantizer', cfg: {num_bits: 4, axis: 0}}\n";
    String off = "- {quantizer_name: '*up_proj*', enable: false}\n";
    String on = "- {quantizer_name: '*up_proj.weight*', enable: true}\n";

    assertThat(on(OFF + set + off)).isEmpty();
    assertThat(on(OFF + set + off + on))
        .containsExactly(Map.entry("mlp.up_proj.weight_quantizer", "int4 axis 0"));
    assertThat(on(OFF + on)).containsExactly(Map.entry("mlp.up_proj.weight_quantizer", "int8"));
  }

  @Test
  void attributesOfQuantizersThatAreOffAreKept() {
    String set =
        "- {quantizer_name: '*up_proj.weight_quantizer', cfg: {num_bits: 4}, enable: false}\n";
    String on = "- {quantizer_name: '*up_proj.weight_quantizer', enable: true}\n";

    assertThat(on(OFF + set)).isEmpty();
    assertThat(states(OFF + set).get("mlp.up_proj.weight_quantizer").attributes())
        .singleElement()
        .hasToString("int4");
    assertThat(on(OFF + set + on))
        .containsExactly(Map.entry("mlp.up_proj.weight_quantizer", "int4"));
  }

  @Test
  void listOfAttributesIsQuantizersInSequenceUntilOneReplacesThem() {
    String two =
        "- {quantizer_name: '*up_proj.weight_quantizer', cfg: [{num_bits: 4, block_sizes: {-1:"
            + " 128}}, {num_bits: e4m3}]}\n";
    String one = "- {quantizer_name: '*up_proj.weight_quantizer', cfg: {num_bits: 8}}\n";

    assertThat(on(OFF + two))
        .containsExactly(
            Map.entry("mlp.up_proj.weight_quantizer", "int4 in blocks of 128 then e4m3"));
    assertThat(on(OFF + two + one))
        .containsExactly(Map.entry("mlp.up_proj.weight_quantizer", "int8"));
  }

  @Test
  void parentClassIsThatOfTheModule() {
    assertThat(
            on(OFF + "- {quantizer_name: '*', parent_class: nn.Embedding, cfg: {num_bits: 4}}\n"))
        .containsOnlyKeys(
            "embed.input_quantizer", "embed.output_quantizer", "embed.weight_quantizer");
    assertThat(
            on(
                OFF
                    + "- {quantizer_name: '*weight_quantizer', parent_class: nn.Linear, enable: true}"))
        .containsOnlyKeys(
            "self_attn.q_proj.weight_quantizer",
            "self_attn.k_proj.weight_quantizer",
            "mlp.up_proj.weight_quantizer");
    assertThat(
            on(OFF + "- {quantizer_name: '*', parent_class: nn.BatchNorm2d, cfg: {num_bits: 4}}\n"))
        .isEmpty();
  }

  @Test
  void patternsMeanWholeNames() {
    assertThat(on(OFF + "- {quantizer_name: weight_quantizer, cfg: {num_bits: 4}}\n")).isEmpty();
    assertThat(on(OFF + "- {quantizer_name: 'mlp.up_proj.*', cfg: {num_bits: 4}}\n")).hasSize(3);
    assertThat(on(OFF + "- {quantizer_name: 'mlp.?p_proj.[iw]*', cfg: {num_bits: 4}}\n"))
        .hasSize(2);
  }

  @Test
  void routersAndNormsHaveNoQuantizers() {
    assertThat(on(OFF + "- {quantizer_name: '*mlp.gate*', cfg: {num_bits: 4}}\n")).isEmpty();
    assertThat(states("[]").keySet()).noneMatch(name -> name.startsWith("norm."));
  }

  @Test
  void cachesStandInAttention() {
    assertThat(on(OFF + "- {quantizer_name: '*[kv]_bmm_quantizer', cfg: {num_bits: e4m3}}\n"))
        .containsOnlyKeys("self_attn.k_bmm_quantizer", "self_attn.v_bmm_quantizer");
  }

  @Test
  void olderMapsAreRulesInTheirOrderAndTheirDefaultIsFirst() {
    String older =
        """
        '*weight_quantizer': {num_bits: 8, axis: 0}
        '*input_quantizer': {num_bits: 8, axis: null}
        nn.Embedding: {'*': {enable: false}}
        nn.Linear: {'*up_proj.weight_quantizer': {num_bits: 4}, '*up_proj.input*': {enable: false}}
        '*lm_head*': {enable: false}
        default: {enable: false}
        """;

    assertThat(on(older))
        .isEqualTo(
            Map.of(
                "self_attn.q_proj.weight_quantizer", "int8 axis 0",
                "self_attn.q_proj.input_quantizer", "int8",
                "self_attn.k_proj.weight_quantizer", "int8 axis 0",
                "self_attn.k_proj.input_quantizer", "int8",
                "mlp.up_proj.weight_quantizer", "int4"));
    assertThat(parse(older).notes()).singleElement().asString().contains("older form");
  }

  @Test
  void entriesOfAnOlderListAreRulesInTheirOrder() {
    String older =
        """
        - default: {enable: false}
        - '*weight_quantizer': {num_bits: 8, axis: 0}
        - nn.Embedding: {'*': {enable: false}}
        - {nn.Linear: {'*q_proj.weight_quantizer': {enable: false}}, '*up*weight_quantizer': {num_bits: 4}}
        - '*k_proj.weight_quantizer': [{num_bits: 4}, {num_bits: e4m3}]
        - {quantizer_name: '*up_proj.input_quantizer', cfg: {num_bits: e4m3}}
        """;

    assertThat(on(older))
        .isEqualTo(
            Map.of(
                "self_attn.k_proj.weight_quantizer", "int4 then e4m3",
                "mlp.up_proj.weight_quantizer", "int4",
                "mlp.up_proj.input_quantizer", "e4m3"));
  }

  @Test
  void olderEntriesMustSaySomething() {
    assertThatThrownBy(() -> parse("'*weight_quantizer': {}\n"))
        .isInstanceOf(RequestException.class);
    assertThatThrownBy(() -> parse("'*weight_quantizer': {enable: perhaps}\n"))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("enable must be true or false");
  }

  @Test
  void whatStandsBesideTheLanguageModelIsReachedByRulesThatNameIt() {
    List<ModuleInfo> model =
        List.of(
            new ModuleInfo("model.layers.0.mlp.up_proj", ModuleInfo.LINEAR),
            new ModuleInfo("visual.blocks.0.mlp.fc1", ModuleInfo.LINEAR, Reach.NAME),
            new ModuleInfo("visual.blocks.0.mlp.up_proj", ModuleInfo.LINEAR, Reach.NAME),
            new ModuleInfo("model.layers.1.mlp.up_proj", ModuleInfo.LINEAR, Reach.NAME));

    assertThat(onWeights(model, "*")).containsExactly("model.layers.0.mlp.up_proj");
    assertThat(onWeights(model, "*weight_quantizer")).containsExactly("model.layers.0.mlp.up_proj");
    assertThat(onWeights(model, "*mlp*weight_quantizer"))
        .containsExactly("model.layers.0.mlp.up_proj");
    assertThat(onWeights(model, "*up_proj*")).containsExactly("model.layers.0.mlp.up_proj");
    assertThat(onWeights(model, "*visual*weight_quantizer"))
        .containsExactly("visual.blocks.0.mlp.fc1", "visual.blocks.0.mlp.up_proj");
    assertThat(onWeights(model, "model.layers.1.*")).containsExactly("model.layers.1.mlp.up_proj");
    assertThat(onWeights(model, "model.layers.*")).containsExactly("model.layers.0.mlp.up_proj");
    assertThat(onWeights(model, "*fc1.weight_quantizer")).isEmpty();
  }

  @Test
  void ruleForOneMatrixOfAnExpertDoesNotMeanTheOtherByTheNameThatTheyShare() {
    List<ModuleInfo> model =
        List.of(
            new ModuleInfo("model.layers.0.mlp.experts.3.gate_proj", ModuleInfo.LINEAR),
            new ModuleInfo("model.layers.0.mlp.experts.3.up_proj", ModuleInfo.LINEAR));

    assertThat(onWeights(model, "*up_proj*weight_quantizer"))
        .containsExactly("model.layers.0.mlp.experts.3.up_proj");
    assertThat(onWeights(model, "*gate_up_proj_weight_quantizers.3")).hasSize(2);
  }

  @Test
  void expertsOfOneTensorHaveTheNamesThatTheyShare() {
    String expert = "model.layers.0.mlp.experts.3.";
    List<ModuleInfo> model =
        List.of(
            new ModuleInfo(expert + "gate_proj", ModuleInfo.LINEAR),
            new ModuleInfo(expert + "up_proj", ModuleInfo.LINEAR),
            new ModuleInfo(expert + "down_proj", ModuleInfo.LINEAR));

    assertThat(
            new QuantizerRules(List.of())
                .quantizers(
                    model, Set.of(expert + "gate_proj", expert + "up_proj", expert + "down_proj"))
                .keySet())
        .filteredOn(name -> !name.contains("output"))
        .containsExactly(
            "model.layers.0.mlp.experts.gate_up_proj_input_quantizer",
            "model.layers.0.mlp.experts.gate_up_proj_weight_quantizers.3",
            "model.layers.0.mlp.experts.down_proj_input_quantizer",
            "model.layers.0.mlp.experts.down_proj_weight_quantizers.3");
  }

  private static List<String> onWeights(List<ModuleInfo> model, String pattern) {
    Recipe recipe = parse(OFF + "- {quantizer_name: '" + pattern + "', cfg: {num_bits: 4}}\n");
    return ((QuantizerRules) recipe.modifiers().get(0).targets())
        .quantizers(model).entrySet().stream()
            .filter(entry -> entry.getValue().enabled())
            .map(Map.Entry::getKey)
            .filter(name -> name.endsWith(".weight_quantizer"))
            .map(name -> name.replace(".weight_quantizer", ""))
            .toList();
  }
}
