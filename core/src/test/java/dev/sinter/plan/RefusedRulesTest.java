/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.problem.RequestException;
import dev.sinter.recipe.Recipes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quantizers that no format holds are refused, with the reason and the rule. */
class RefusedRulesTest {
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "num_bits: e2m1, block_sizes: {-1: 32, type: dynamic, scale_bits: e4m3} | blocks of 32",
        "num_bits: e2m1 | without blocks",
        "num_bits: e3m2, block_sizes: {-1: 32, type: dynamic, scale_bits: e8m0} | e3m2",
        "num_bits: e5m2, block_sizes: {-1: 32, type: dynamic, scale_bits: e8m0} | e5m2",
        "num_bits: 8, block_sizes: {-1: 32, type: dynamic, scale_bits: e8m0} | e8m0",
        "num_bits: 8, axis: 1 | axis 1",
        "num_bits: 12 | int12",
        "num_bits: 8, unsigned: true | without sign",
        "num_bits: 8, narrow_range: true | narrow range",
        "num_bits: 8, rotate: true | rotate",
        "num_bits: e4m3, constant_amax: 2.0 | a range that is set",
        "num_bits: e4m3, use_constant_amax: true | a range that is set",
        "num_bits: 4, block_sizes: {-2: 32} | blocks",
        "num_bits: 4, block_sizes: {-1: 128, scale_bits: e4m3} | scales in codes",
      })
  void weightThatNoFormatHoldsIsRefusedWithTheReason(String cfg, String reason) {
    assertThatThrownBy(() -> plan(rules(rule("*proj.weight_quantizer", cfg))))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("model.layers.0.self_attn.q_proj and 13 more: no output format holds")
        .hasMessageContaining(reason)
        .hasMessageContaining("(r.yaml:4:5, *proj.weight_quantizer)");
  }

  @Test
  void quantizersInSequenceAreRefused() {
    assertThatThrownBy(
            () ->
                plan(
                    rules(
                        "{quantizer_name: '*proj.weight_quantizer', cfg: [{num_bits: 4, block_sizes:"
                            + " {-1: 128}}, {num_bits: e4m3}]}")))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("two quantizers in sequence (int4 blocks -1=[128] then e4m3)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "*.0.*[kv]_bmm_quantizer | num_bits: e4m3 | several",
        "*k_bmm_quantizer        | num_bits: e4m3 | several",
        "*[kv]_bmm_quantizer     | num_bits: e2m1, block_sizes: {-1: 16, type: dynamic, scale_bits: e4m3} | eight bits",
        "*q_bmm_quantizer        | num_bits: e4m3 | queries or scores",
        "*up_proj.input_quantizer| num_bits: e4m3 | its input is quantized and its weight is not",
        "*proj.output_quantizer  | num_bits: e4m3 | its output is quantized and its weight is not",
      })
  void quantizersThatNoFormatHoldsAreRefused(String name, String cfg, String reason) {
    String weights = rule("*self_attn.o_proj.weight_quantizer", "num_bits: 8, axis: 0");

    assertThatThrownBy(() -> plan(rules(weights, rule(name, cfg))))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining(reason)
        .hasMessageContaining("r.yaml:5:5, " + name);
  }
}
