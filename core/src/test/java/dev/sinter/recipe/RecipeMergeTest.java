/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.problem.RequestException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeMergeTest {
  private static final String GPTQ =
      "quant_stage: {quant_modifiers: {GPTQModifier: {scheme: W4A16, ignore: [lm_head]}}}";
  private static final String RULES =
      "quantize: {algorithm: max, quant_cfg: [{quantizer_name: '*', enable: false}]}";

  private static ResolvedConfig merge(String... recipes) {
    return RecipeMerge.of(
        new RecipeRequest(List.of(recipes), Map.of(), Optional.empty(), List.of(), Dialect.ANY));
  }

  /** Means the same as another recipe when it is read back. */
  private static void assertSame(ResolvedConfig merged, String expected) {
    assertThat(RecipeWriter.json(Recipes.parse("merged", merged.yaml())))
        .isEqualTo(RecipeWriter.json(Recipes.parse("expected", expected)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "quant_modifiers: {GPTQModifier: {block_size: 64}}",
        "quant_stage: {modifiers: [GPTQModifier: {block_size: 64}]}",
        "quant_stage: {other_modifiers: {GPTQModifier: {block_size: 64}}}",
        "stages: {quant: {modifiers: {GPTQModifier: {block_size: 64}}}}",
        "stages: [{name: quant, modifiers: {GPTQModifier: {block_size: 64}}}]",
      })
  void settingsOfAStageInAnyFormGoOverThoseThatAreThere(String over) {
    assertSame(
        merge(GPTQ, over),
        "quant_stage: {quant_modifiers: {GPTQModifier: {scheme: W4A16, ignore: [lm_head],"
            + " block_size: 64}}}");
  }

  @Test
  void aNewStageStandsBehind() {
    assertSame(
        merge(GPTQ, "modifiers: {SparseGPTModifier: {sparsity: 0.5}}"),
        GPTQ.replace("}}}", "}}}\n")
            + "default_stage: {default_modifiers: {SparseGPTModifier: {sparsity: 0.5}}}");
  }

  @Test
  void listsAreReplaced() {
    assertSame(
        merge(GPTQ, "quant_modifiers: {GPTQModifier: {ignore: [a, b]}}"),
        GPTQ.replace("[lm_head]", "[a, b]"));
  }

  @Test
  void groupsTakeThePlaceOfAScheme() {
    String groups = "config_groups: {W8A8: [Linear]}";

    assertSame(
        merge(GPTQ, "quant_modifiers: {GPTQModifier: {" + groups + "}}"),
        GPTQ.replace("scheme: W4A16", groups));
  }

  @Test
  void rulesArePutBehind() {
    assertSame(
        merge(RULES, "quantize: {quant_cfg: {'*weight_quantizer': {num_bits: 8}}}"),
        "quantize: {algorithm: max, quant_cfg: [{quantizer_name: '*', enable: false},"
            + " {quantizer_name: '*weight_quantizer', cfg: {num_bits: 8}}]}");
  }

  @Test
  void theDefaultOfAnOlderMapStaysItsFirstRule() {
    assertSame(
        merge(
            "quantize: {algorithm: max, quant_cfg: {'*weight_quantizer': {num_bits: 8}, default:"
                + " {enable: false}}}",
            "quantize: {quant_cfg: [{quantizer_name: '*lm_head*', enable: false}]}"),
        "quantize: {algorithm: max, quant_cfg: [{quantizer_name: '*', enable: false},"
            + " {quantizer_name: '*weight_quantizer', cfg: {num_bits: 8}}, {quantizer_name:"
            + " '*lm_head*', enable: false}]}");
  }

  @Test
  void settingsOfAnAlgorithmGoOverItAndAnotherAlgorithmReplacesIt() {
    String gptq = RULES.replace("max", "gptq");

    assertSame(
        merge(gptq, "quantize: {algorithm: {perc_damp: 0.05}}"),
        RULES.replace("max", "{method: gptq, perc_damp: 0.05}"));
    assertSame(
        merge(
            gptq.replace("gptq", "{method: gptq, perc_damp: 0.05}"),
            "quantize: {algorithm: {method: mse}}"),
        RULES.replace("max", "{method: mse}"));
  }

  @Test
  void argsStayAndTheLaterWin() {
    ResolvedConfig merged =
        merge(
            "{args: {size: 64, damp: 0.1}, modifiers: {GPTQModifier: {scheme: W4A16, block_size:"
                + " eval(size), dampening_frac: eval(damp)}}}",
            "args: {size: 32}");

    assertThat(merged.yaml()).contains("size: 32", "eval(size)");
    assertSame(
        merged, "modifiers: {GPTQModifier: {scheme: W4A16, block_size: 32, dampening_frac: 0.1}}");
  }

  @Test
  void overridesComeLast() {
    ResolvedConfig merged =
        RecipeMerge.of(
            new RecipeRequest(
                List.of(RULES, "quantize: {algorithm: mse}"),
                Map.of(),
                Optional.empty(),
                List.of("quantize.algorithm=gptq"),
                Dialect.ANY));

    assertSame(merged, RULES.replace("max", "gptq"));
  }

  @Test
  void builtInRecipesMergeWithTheirImportsResolved() {
    ResolvedConfig merged =
        merge("general/ptq/nvfp4_default-kv_fp8", "quantize: {algorithm: {method: gptq}}");

    assertThat(merged.yaml()).doesNotContain("import");
    assertThat(Recipes.parse("merged", merged.yaml()).stages().get(0).quantize().orElseThrow())
        .isEqualTo(
            Recipes.load(
                    new RecipeRequest(
                        List.of("general/ptq/nvfp4_default-kv_fp8"),
                        Map.of(),
                        Optional.empty(),
                        List.of("quantize.algorithm={method: gptq}"),
                        Dialect.ANY))
                .stages()
                .get(0)
                .quantize()
                .orElseThrow());
  }

  @Test
  void aWholeThatIsWrongIsSaidWhereItStands() {
    assertThatThrownBy(() -> merge(GPTQ, "quant_modifiers: {GPTQModifier: {blocksize: 64}}"))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            """
            the recipe:1:34: GPTQModifier has no setting "blocksize". Did you mean block_size?
                quant_modifiers: {GPTQModifier: {blocksize: 64}}
                                                 ^""");
  }

  @Test
  void everyBuiltInRecipeLoadsAsTheSameFromItsCanonicalForm() {
    for (CatalogEntry entry : CatalogEntry.all()) {
      if (entry.kind() != CatalogEntry.Kind.SNIPPET) {
        assertSame(merge(entry.name()), RecipeWriter.write(Recipes.load(entry.name())));
      }
    }
  }
}
