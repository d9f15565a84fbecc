/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.problem.RequestException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResolvedConfigTest {
  private static RecipeRequest request(String name, Map<String, String> args, String... set) {
    return new RecipeRequest(List.of(name), args, Optional.empty(), List.of(set), Dialect.ANY);
  }

  @Test
  void aRecipeHasItsDefaults() {
    assertThat(ResolvedConfig.of(RecipeRequest.of("oneshot/w4a16-gptq")).yaml())
        .contains("block_size: 128", "dampening_frac: 0.01", "actorder: static");
  }

  @Test
  void aSnippetHasItsImportsAndItsFloatsAsPairs() {
    assertThat(ResolvedConfig.of(RecipeRequest.of("configs/ptq/units/kv_fp8")).yaml())
        .isEqualTo(
            """
            - quantizer_name: '*[kv]_bmm_quantizer'
              cfg:
                num_bits: [4, 3]
                axis: null
            """);
  }

  @Test
  void aSnippetTakesOverrides() {
    assertThat(ResolvedConfig.of(request("configs/numerics/fp8", Map.of(), "axis=0")).yaml())
        .isEqualTo("num_bits: [4, 3]\naxis: 0\n");
  }

  @Test
  void aSnippetHasNoArgs() {
    assertThatThrownBy(() -> ResolvedConfig.of(request("configs/numerics/fp8", Map.of("a", "1"))))
        .isInstanceOf(RequestException.class)
        .hasMessage("--recipe-args: configs/numerics/fp8 is a snippet, which has no args");
  }

  @Test
  void aMisspelledRecipeIsNoSnippet() {
    assertThatThrownBy(() -> ResolvedConfig.of(RecipeRequest.of("{modifires: {}}")))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("a recipe has no key \"modifires\". Did you mean modifiers?");
  }

  @Test
  void whatIsNotThereIsSaid() {
    assertThatThrownBy(() -> ResolvedConfig.of(RecipeRequest.of("configs/numerics/fp9")))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "--recipe configs/numerics/fp9: there is no such file, and no built-in recipe of that"
                + " name. Did you mean configs/numerics/fp8? sinter recipes list shows what is"
                + " built in");
  }
}
