/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.problem.RequestException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeCheckTest {
  private static RecipeCheck check(String nameOrText) {
    return RecipeCheck.of(RecipeRequest.of(nameOrText));
  }

  @Test
  void allThatIsBuiltInIsSound() {
    assertThat(Recipes.names())
        .hasSizeGreaterThan(150)
        .allSatisfy(name -> assertThat(check(name).notes()).describedAs(name).isEmpty());
  }

  @Test
  void whatIsMissingIsSaid() {
    assertThat(check("oneshot/wanda-2of4").missing())
        .containsExactly("the method WandaPruningModifier");
    assertThat(check("oneshot/w4a16-awq").missing()).isEmpty();
    assertThat(check("configs/ptq/presets/model/int4_awq"))
        .isEqualTo(new RecipeCheck(List.of(), List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{num_bits: fp8}                              | num_bits must be bits such as 8, or a float such as e4m3, not \"fp8\". FP8 is e4m3",
        "{quantizer_name: a, enabled: true}           | a rule of quant_cfg has no setting \"enabled\". Did you mean enable?",
        "{quant_cfg: [], algorithm: gptp}             | there is no algorithm \"gptp\". Did you mean gptq?",
        "{num_bits: 8, axsi: 0}                       | a quantizer has no setting \"axsi\". Did you mean axis?",
      })
  void aSnippetIsCheckedAsWhatItIs(String snippet, String problem) {
    assertThatThrownBy(() -> check(snippet))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("the recipe:1:")
        .hasMessageContaining(problem);
  }
}
