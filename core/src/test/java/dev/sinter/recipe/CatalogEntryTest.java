/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.recipe.CatalogEntry.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said of the library. */
class CatalogEntryTest {
  @Test
  void everyFileSaysWhatItDoesAndEveryRecipeWhen() {
    assertThat(CatalogEntry.all())
        .hasSizeGreaterThan(150)
        .allSatisfy(entry -> assertThat(entry.head().meaning()).endsWith("."))
        .filteredOn(entry -> entry.kind() != Kind.SNIPPET)
        .hasSizeGreaterThan(70)
        .allSatisfy(
            entry -> {
              assertThat(entry.head().when()).endsWith(".");
              assertThat(entry.head().paper()).startsWith("https://");
              assertThat(entry.methods()).isNotNull();
            });
  }

  @Test
  void aRecipeIsSaidWithItsMethods() {
    assertThat(CatalogEntry.of("oneshot/w8a8-smoothquant-gptq").json())
        .isEqualTo(
            Json.object(
                "name",
                "oneshot/w8a8-smoothquant-gptq",
                "kind",
                "recipe",
                "meaning",
                "SmoothQuant, then GPTQ to 8-bit weights; inputs are rounded to 8 bits, token"
                    + " by token, when the model runs.",
                "when",
                "integer tensor cores are there and inputs have outliers, as in most large"
                    + " models. Needs calibration data.",
                "paper",
                "https://arxiv.org/abs/2211.10438",
                "dialect",
                "llm-compressor",
                "methods",
                List.of("SmoothQuantModifier", "GPTQModifier"),
                "runs",
                true,
                "missing",
                List.of(),
                "refused",
                List.of()));
  }

  @Test
  void whatNoFormatHoldsIsToldApartFromWhatIsMissing() {
    CatalogEntry entry = CatalogEntry.of("general/ptq/nvfp4_mlp_weight_only");

    assertThat(entry.isRefused()).isTrue();
    assertThat(entry.missing()).isEmpty();
    assertThat(entry.isRunnable()).isFalse();
  }

  @Test
  void aRecipeOfRulesIsSaidWithItsAlgorithms() {
    CatalogEntry entry = CatalogEntry.of("general/ptq/nvfp4_default-kv_none-gptq");

    assertThat(entry.kind()).isEqualTo(Kind.MODELOPT);
    assertThat(entry.methods()).containsExactly("gptq");
  }

  @Test
  void whatIsMissingIsSeenWithoutAModel() {
    assertThat(CatalogEntry.of("oneshot/w4a16-gptq").isRunnable()).isTrue();
    assertThat(CatalogEntry.of("oneshot/fp8").isRunnable()).isTrue();
    assertThat(CatalogEntry.of("oneshot/fp8-kv").isRunnable()).isTrue();
    assertThat(CatalogEntry.of("general/ptq/nvfp4_mlp_only_mse-kv_fp8_cast").isRunnable()).isTrue();
    assertThat(CatalogEntry.of("general/qad/nvfp4_lsq-mse_init-fp8_kv").missing())
        .contains("ModelOpt's algorithm lsq");
  }

  @Test
  void aSnippetRunsNothing() {
    CatalogEntry entry = CatalogEntry.of("configs/numerics/fp8");

    assertThat(entry.json())
        .isEqualTo(
            Json.object(
                "name", "configs/numerics/fp8",
                "kind", "snippet",
                "meaning", "float8 (e4m3) with one scale for the tensor.",
                "when", null,
                "paper", null,
                "dialect", "modelopt"));
    assertThat(entry.isRunnable()).isFalse();
  }

  @Test
  void aHeadOfSeveralLinesIsOneText() {
    assertThat(RecipeHead.of("# One\n# two.\n# When: now.\n\n# not the head\na: 1\n"))
        .isEqualTo(new RecipeHead("One two.", "now.", ""));
    assertThat(RecipeHead.of("a: 1\n# One\n")).isEqualTo(new RecipeHead("", "", ""));
  }
}
