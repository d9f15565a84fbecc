/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecipeDiffTest {
  private static List<String> diff(Object before, Object after) {
    return RecipeDiff.of(Json.of(before), Json.of(after));
  }

  @Test
  void equalThingsHaveNoDifference() {
    assertThat(diff(Map.of("a", List.of(1, 2)), Map.of("a", List.of(1, 2)))).isEmpty();
  }

  @Test
  void aDifferenceIsSaidByItsPath() {
    assertThat(
            diff(
                Json.object("quantize", Json.object("algorithm", "max", "same", true)),
                Json.object("quantize", Json.object("algorithm", "mse", "same", true))))
        .containsExactly("quantize.algorithm: max -> mse");
  }

  @Test
  void whatOneDoesNotHaveIsNothing() {
    assertThat(diff(Json.object("a", 1, "b", 2), Json.object("b", 2, "c", Json.object("d", null))))
        .containsExactly("a: 1 -> (nothing)", "c: (nothing) -> {\"d\":null}");
  }

  @Test
  void textsThatLookLikeOtherThingsHaveQuotes() {
    assertThat(diff(Json.object("a", "8", "b", "x"), Json.object("a", 8, "b", "y")))
        .containsExactly("a: '8' -> 8", "b: x -> y");
  }

  @Test
  void aRuleMoreDoesNotMoveTheOthers() {
    assertThat(diff(List.of("a", "b", "c"), List.of("a", "x", "b", "c")))
        .containsExactly("[1]: (nothing) -> x");
    assertThat(diff(List.of("a", "b", "c"), List.of("b", "c")))
        .containsExactly("[0]: a -> (nothing)");
  }

  @Test
  void rulesThatTakeEachOthersPlaceAreComparedWithin() {
    Json.Obj off = Json.object("quantizer_name", "*", "enable", false);
    Json.Obj int8 = Json.object("quantizer_name", "w", "cfg", Json.object("num_bits", 8));
    Json.Obj int4 = Json.object("quantizer_name", "w", "cfg", Json.object("num_bits", 4));

    assertThat(
            diff(
                Json.object("quant_cfg", List.of(off, int8, off)),
                Json.object("quant_cfg", List.of(off, int4, off))))
        .containsExactly("quant_cfg[1].cfg.num_bits: 8 -> 4");
  }

  @Test
  void thingsOfOtherKindsAreSaidWhole() {
    assertThat(diff(Json.object("a", "gptq"), Json.object("a", Json.object("method", "gptq"))))
        .containsExactly("a: gptq -> {\"method\":\"gptq\"}");
  }
}
