/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A scheme means the same in llm-compressor's words and in ModelOpt's. */
class DialectsTest {
  /** Schemes of llm-compressor, and weights and inputs of ModelOpt; none for full inputs. */
  private static final Map<String, List<String>> SCHEMES =
      new TreeMap<>(
          Map.of(
              "scheme: W8A16", List.of("{num_bits: 8, block_sizes: {-1: 128}}", ""),
              "scheme: W4A16", List.of("{num_bits: 4, block_sizes: {-1: 128, type: static}}", ""),
              "scheme: W8A8",
                  List.of(
                      "{num_bits: 8, axis: 0}",
                      "{num_bits: 8, type: dynamic, block_sizes: {-1: null}}"),
              "scheme: FP8", List.of("{num_bits: e4m3, axis: }", "{num_bits: [4, 3]}"),
              "scheme: FP8_DYNAMIC",
                  List.of(
                      "{num_bits: e4m3, axis: 0}",
                      "{num_bits: e4m3, type: dynamic, block_sizes: {-1: null}}"),
              "scheme: FP8_BLOCK",
                  List.of(
                      "{num_bits: e4m3, block_sizes: {-1: 128, -2: 128}}",
                      "{num_bits: E4M3, block_sizes: {-1: 128, type: dynamic}}"),
              "scheme: NVFP4",
                  List.of(
                      "{num_bits: e2m1, block_sizes: {-1: 16, type: static, scale_bits: e4m3}}",
                      "{num_bits: e2m1, block_sizes: {-1: 16, type: dynamic, scale_bits: e4m3}}"),
              "scheme: NVFP4A16",
                  List.of(
                      "{num_bits: e2m1, block_sizes: {-1: 16, type: dynamic, scale_bits: e4m3}}",
                      ""),
              "scheme: MXFP4",
                  List.of(
                      "{num_bits: e2m1, block_sizes: {-1: 32, type: dynamic, scale_bits: e8m0}}",
                      "{num_bits: e2m1, block_sizes: {-1: 32, type: dynamic, scale_bits: e8m0}}"),
              "scheme: MXFP8",
                  List.of(
                      "{num_bits: e4m3, block_sizes: {-1: 32, type: dynamic, scale_bits: e8m0}}",
                      "{num_bits: e4m3, block_sizes: {-1: 32, type: dynamic, scale_bits:"
                          + " [8, 0]}}")));

  /** The same of schemes that have no name. */
  private static final Map<String, List<String>> GROUPS =
      new TreeMap<>(
          Map.of(
              "{weights: {num_bits: 8, type: int, strategy: channel}}",
              List.of("{num_bits: 8, axis: 0}", ""),
              "{weights: {num_bits: 8, type: int, strategy: tensor}}",
              List.of("{num_bits: 8}", ""),
              "{weights: {num_bits: 4, type: int, strategy: group, group_size: 64}}",
              List.of("{num_bits: 4, block_sizes: {-1: 64}}", ""),
              "{weights: {num_bits: 8, type: int, strategy: channel}, input_activations:"
                  + " {num_bits: 8, type: int, strategy: tensor, dynamic: false}}",
              List.of("{num_bits: 8, axis: 0}", "{num_bits: 8, axis: null}"),
              "{weights: {num_bits: 8, type: float, strategy: tensor}, input_activations:"
                  + " {num_bits: 8, type: float, strategy: tensor, dynamic: true}}",
              List.of("{num_bits: e4m3}", "{num_bits: e4m3, type: dynamic}")));

  private static final List<String> HEADS = List.of("ignored", "quantized");

  /** ModelOpt's rules for linear modules, with weights and inputs as given. */
  private static String rules(String weights, String inputs, String head) {
    StringBuilder rules =
        new StringBuilder("quant_cfg:\n  - {quantizer_name: '*', enable: false}\n");
    rules.append("  - {quantizer_name: '*weight_quantizer', parent_class: nn.Linear, cfg: ");
    rules.append(weights).append("}\n");
    if (!inputs.isEmpty()) {
      rules.append("  - quantizer_name: '*input_quantizer'\n    parent_class: nn.Linear\n");
      rules.append("    cfg: ").append(inputs).append('\n');
    }
    if (head.equals("ignored")) {
      rules.append("  - {quantizer_name: '*lm_head*', enable: false}\n");
    }
    return rules.toString();
  }

  private static String listed(String modifier, String settings, String head) {
    String ignore = head.equals("ignored") ? ", ignore: [lm_head]" : "";
    return "modifiers: {" + modifier + ": {" + settings + ignore + "}}";
  }

  private static String section(String rules, String algorithm) {
    return "quantize:\n  algorithm: " + algorithm + "\n  " + rules;
  }

  static Stream<Arguments> schemes() {
    Map<String, List<String>> all = new TreeMap<>(SCHEMES);
    GROUPS.forEach(
        (group, quantizers) ->
            all.put(
                "config_groups: {group_0: "
                    + group.replace("{weights", "{targets: [Linear], weights")
                    + "}",
                quantizers));
    return all.entrySet().stream()
        .flatMap(
            entry ->
                HEADS.stream()
                    .map(
                        head ->
                            Arguments.of(
                                entry.getKey(),
                                entry.getValue().get(0),
                                entry.getValue().get(1),
                                head)));
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void bothDialectsPlanTheSame(String scheme, String weights, String inputs, String head) {
    String rules = section(rules(weights, inputs, head), "max");

    assertThat(Meaning.of(rules))
        .isEqualTo(Meaning.of(listed("QuantizationModifier", scheme, head)));
  }

  static Stream<Arguments> gptq() {
    return HEADS.stream()
        .flatMap(
            head ->
                Stream.of(
                    Arguments.of(
                        "scheme: W4A16", "{num_bits: 4, block_sizes: {-1: 128}}", "", head),
                    Arguments.of(
                        "scheme: NVFP4A16",
                        "{num_bits: e2m1, block_sizes: {-1: 16, type: static, scale_bits: e4m3}}",
                        "",
                        head),
                    Arguments.of(
                        "scheme: W8A8",
                        "{num_bits: 8, axis: 0}",
                        "{num_bits: 8, type: dynamic, block_sizes: {-1: }}",
                        head)));
  }

  @ParameterizedTest
  @MethodSource("gptq")
  void bothDialectsPlanTheSameByGptq(String scheme, String weights, String inputs, String head) {
    String given = scheme + ", block_size: 64, dampening_frac: 0.05, actorder: null";
    String algorithm = "{method: gptq, block_size: 64, perc_damp: 0.05}";

    assertThat(Meaning.of(section(rules(weights, inputs, head), algorithm)))
        .isEqualTo(Meaning.of(listed("GPTQModifier", given, head)));
    assertThat(Meaning.of(section(rules(weights, inputs, head), "gptq")))
        .isEqualTo(Meaning.of(listed("GPTQModifier", scheme + ", actorder: null", head)));
  }
}
