/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
  private static final List<String> WORDS =
      List.of("GPTQModifier", "QuantizationModifier", "group_size", "W4A16", "W8A8", "W8A16");

  @ParameterizedTest
  @CsvSource({
    "GPTQModifer, GPTQModifier",
    "gptqmodifier, GPTQModifier",
    "QuantisationModifier, QuantizationModifier",
    "group-size, group_size",
    "GROUP-SIZE, group_size",
    "groupsize, group_size",
    "w4a16, W4A16",
    "W4A61, W4A16"
  })
  void findsTheWordThatWasMeant(String word, String meant) {
    assertThat(Nearest.to(word, WORDS)).contains(meant);
  }

  @ParameterizedTest
  @CsvSource({"SmoothQuant", "completely_different", "NVFP4"})
  void findsNothingForAnotherWord(String word) {
    assertThat(Nearest.to(word, WORDS)).isEmpty();
  }

  @Test
  void takesAThirdOfALongWord() {
    assertThat(Nearest.to("abcdefghi", List.of("abcdefxyz"))).contains("abcdefxyz");
    assertThat(Nearest.to("abcdefghi", List.of("abcdewxyz"))).isEmpty();
  }

  @Test
  void takesTwoEditsOfAShortWord() {
    assertThat(Nearest.to("abc", List.of("axy"))).contains("axy");
    assertThat(Nearest.to("abc", List.of("xyz"))).isEmpty();
  }

  @Test
  void prefersTheFirstByNameAmongEquallyNear() {
    assertThat(Nearest.to("W8A9", List.of("W8A8", "W8A7"))).contains("W8A7");
  }

  @Test
  void hintsEndAMessage() {
    assertThat(Nearest.hint("W8A", WORDS)).isEqualTo(" Did you mean W8A8?");
    assertThat(Nearest.hint("NVFP4", WORDS)).isEmpty();
    assertThat(Nearest.hint("W8A", List.of())).isEmpty();
  }
}
