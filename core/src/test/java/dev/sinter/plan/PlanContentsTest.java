/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.modifier.Resolution.RuleUse;
import dev.sinter.plan.Plan.MethodRule;
import dev.sinter.problem.RequestException;
import dev.sinter.recipe.Recipes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a plan says of each module and each rule, and what it refuses. */
class PlanContentsTest {
  private static final Checkpoint LLAMA = Meaning.tinyLlama();

  private static Plan plan(String recipe) {
    return Planner.plan(LLAMA, Recipes.parse("r.yaml", recipe), OutputSettings.DEFAULT);
  }

  /** A section of rules behind one that turns all off. */
  private static String rules(String... rules) {
    StringBuilder text =
        new StringBuilder("quantize:\n  quant_cfg:\n  - {quantizer_name: '*', enable: false}\n");
    for (String rule : rules) {
      text.append("  - ").append(rule).append('\n');
    }
    return text.toString();
  }

  private static String rule(String name, String cfg) {
    return "{quantizer_name: '" + name + "', cfg: {" + cfg + "}}";
  }

  private static Map<String, String> why(Plan plan) {
    Map<String, String> why = new TreeMap<>();
    plan.rows().forEach(row -> why.put(row.module().name(), row.why()));
    return why;
  }

  private static Map<String, Integer> matched(Plan plan) {
    Map<String, Integer> matched = new TreeMap<>();
    for (MethodRule rule : plan.rules()) {
      RuleUse use = rule.use();
      matched.put(use.kind() + " " + use.rule(), use.matched());
    }
    return matched;
  }

  @Test
  void everyModuleHasARowWithTheRuleThatDecided() {
    Plan plan =
        plan(
            rules(
                rule("*proj.weight_quantizer", "num_bits: 8, axis: 0"),
                rule("*up_proj.weight_quantizer", "num_bits: e4m3, axis: 0"),
                "{quantizer_name: '*down_proj*', enable: false}"));

    assertThat(why(plan))
        .containsEntry(
            "model.layers.1.mlp.up_proj", "QuantizationModifier by rule *up_proj.weight_quantizer")
        .containsEntry(
            "model.layers.0.self_attn.q_proj",
            "QuantizationModifier by rule *proj.weight_quantizer")
        .containsEntry("model.layers.0.mlp.down_proj", "rule *down_proj*")
        .containsEntry("lm_head", "rule *")
        .containsEntry("model.layers.0.mlp", "no weight of its own");
    assertThat(plan.rows()).filteredOn(row -> row.plan().isPresent()).hasSize(12);
    assertThat(plan.rows())
        .filteredOn(row -> !row.touchedBy().isEmpty())
        .allMatch(row -> row.touchedBy().equals(List.of("QuantizationModifier")))
        .hasSize(12);
  }

  @Test
  void targetsAndIgnoresDecideRowsToo() {
    Plan plan =
        plan(
            "modifiers: {QuantizationModifier: {scheme: FP8_DYNAMIC, targets: ['re:.*proj$',"
                + " lm_head], ignore: ['re:.*down', lm_head, 're:.*router']}}");

    assertThat(why(plan))
        .containsEntry("lm_head", "ignore lm_head")
        .containsEntry("model.layers.1.mlp.down_proj", "ignore re:.*down")
        .containsEntry("model.layers.1.mlp.up_proj", "QuantizationModifier by target re:.*proj$")
        .containsEntry("model.embed_tokens", "no rule means it");
    assertThat(matched(plan))
        .isEqualTo(
            Map.of(
                "TARGET re:.*proj$", 14,
                "TARGET lm_head", 1,
                "IGNORE re:.*down", 2,
                "IGNORE lm_head", 1,
                "IGNORE re:.*router", 0));
  }

  @Test
  void rulesCountTheQuantizersThatTheyMatch() {
    Plan plan =
        plan(
            rules(
                rule("*weight_quantizer", "num_bits: 8, axis: 0"),
                "{quantizer_name: '*lm_head*', enable: false}",
                "{quantizer_name: '*', parent_class: nn.Embedding, enable: false}",
                "{quantizer_name: '*router*', enable: false}",
                rule("*.experts.*", "num_bits: 8")));

    // 14 projections, head and embedding, with three quantizers each; four of each attention.
    assertThat(matched(plan))
        .isEqualTo(
            Map.of(
                "OFF *: off", 16 * 3 + 2 * 4,
                "QUANTIZER *weight_quantizer: int8 axis 0", 16,
                "OFF *lm_head*: off", 3,
                "OFF * in nn.Embedding: off", 3,
                "OFF *router*: off", 0,
                "QUANTIZER *.experts.*: int8", 0));
    assertThat(plan.notices())
        .filteredOn(notice -> notice.contains("matches no"))
        .singleElement()
        .asString()
        .contains("*.experts.*")
        .contains("r.yaml:8:");
  }

  @Test
  void rangesOfInputsNeedData() {
    Plan plan = plan("modifiers: {QuantizationModifier: {scheme: FP8, ignore: [lm_head]}}");

    assertThat(plan.missing()).isEmpty();
    assertThat(plan.needsCalibration()).isTrue();
    assertThat(plan.activations()).hasSameSizeAs(plan.modules());
    assertThat(plan("modifiers: {QuantizationModifier: {scheme: FP8_DYNAMIC}}").missing())
        .isEmpty();
  }

  @Test
  void cacheIsPlannedInBothDialects() {
    Plan rules =
        plan(
            rules(
                rule("*proj.weight_quantizer", "num_bits: e4m3"),
                rule("*[kv]_bmm_quantizer", "num_bits: e4m3")));
    Plan listed =
        plan(
            "modifiers: {QuantizationModifier: {ignore: [lm_head], config_groups: {group_0: {targets:"
                + " [Linear], weights: {num_bits: 8, type: float, strategy: tensor}}},"
                + " kv_cache_scheme: {num_bits: 8, type: float, strategy: tensor, dynamic: false,"
                + " symmetric: true}}}");

    assertThat(rules.missing()).isEmpty();
    assertThat(rules.kvCache()).isPresent().isEqualTo(listed.kvCache());
    assertThat(Plans.quantization(rules).members().get("kv_cache_scheme"))
        .isEqualTo(Plans.quantization(listed).members().get("kv_cache_scheme"));
    assertThat(rules.needsCalibration()).isTrue();
  }

  @Test
  void methodsThatAreDeclaredArePlannedAndMissing() {
    Plan plan =
        plan(
            """
            modifiers:
            - SparseGPTModifier: {sparsity: 0.5, ignore: [lm_head]}
            - GPTQModifier: {scheme: W8A8, ignore: [lm_head]}
            """);

    assertThat(plan.missing()).containsExactly("the method SparseGPTModifier");
    assertThat(plan.modules()).hasSize(14);
    assertThat(why(plan))
        .containsEntry("lm_head", "ignore lm_head")
        .containsEntry("model.layers.0.mlp.up_proj", "GPTQModifier by target Linear");
    assertThat(
            plan("quantize: {algorithm: svdquant, quant_cfg: [{quantizer_name: '*', enable:"
                    + " false}, {quantizer_name: '*proj.weight_quantizer', cfg: {num_bits: 8, axis:"
                    + " 0}}]}")
                .missing())
        .containsExactly("ModelOpt's algorithm svdquant");
  }

  @Test
  void whatClientsFuseAndIsMixedIsTold() {
    Plan plan =
        plan(
            rules(
                rule("*proj.weight_quantizer", "num_bits: 8, axis: 0"),
                rule("*.0.*q_proj.weight_quantizer", "num_bits: e4m3, axis: 0"),
                "{quantizer_name: '*.1.*up_proj*', enable: false}"));

    assertThat(plan.notices())
        .anyMatch(
            notice ->
                notice.contains("model.layers.0.self_attn.q_proj")
                    && notice.contains("one matrix to clients"))
        .anyMatch(
            notice ->
                notice.contains("model.layers.1.mlp.up_proj")
                    && notice.contains("one matrix to clients")
                    && notice.contains("as it is"));
    assertThat(plan.notices()).noneMatch(notice -> notice.contains("stay as they are, such as"));
  }

  @Test
  void siblingsThatNoRuleMeansAreTold() {
    Plan plan =
        plan("modifiers: {QuantizationModifier: {scheme: W8A8, targets: ['re:.*layers.0.*proj']}}");

    assertThat(plan.notices())
        .filteredOn(notice -> notice.contains("no rule means them, and rules mean the others"))
        .hasSize(7)
        .anyMatch(
            notice ->
                notice.startsWith("1 of 2 modules model.layers.*.mlp.down_proj")
                    && notice.contains("such as model.layers.1.mlp.down_proj"));
  }

  @Test
  void groupsThatTensorParallelismCutsAreHinted() {
    // down_proj has 384 columns: 2 ways leave 192, no multiple of 128; o_proj has 256: 4 leave 64.
    List<String> hints =
        plan("modifiers: {QuantizationModifier: {scheme: W4A16, ignore: [lm_head]}}").hints();

    assertThat(hints)
        .hasSize(2)
        .anyMatch(hint -> hint.startsWith("down_proj has 384 columns in groups of 128"))
        .anyMatch(hint -> hint.startsWith("o_proj has 256 columns in groups of 128"));
    assertThat(plan("modifiers: {QuantizationModifier: {scheme: W8A8}}").hints()).isEmpty();
  }

  @Test
  void moduleThatTwoMethodsWouldQuantizeIsRefused() {
    assertThatThrownBy(
            () ->
                plan(
                    "a_stage: {modifiers: {QuantizationModifier: {scheme: W8A8}}}\n"
                        + "quantize: {quant_cfg: [{quantizer_name: '*proj.weight_quantizer', cfg:"
                        + " {num_bits: 8, axis: 0}}]}\n"))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("would be quantized twice");
  }
}
