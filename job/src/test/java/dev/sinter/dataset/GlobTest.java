/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {

  @ParameterizedTest
  @CsvSource({
    "data/train-*.parquet, data/train-0000.parquet, true",
    "data/train-*.parquet, data/x/train-0000.parquet, false",
    "data/*, data/a/b, false",
    "data/**, data/a/b, true",
    "**/train*, train.json, true",
    "**/train*, a/b/train.json, true",
    "**/train*, a/b/retrain.json, false",
    "a?c, abc, true",
    "a?c, a/c, false",
    "[abc, [abc, true",
    "*, '', true",
    "x, '', false",
  })
  void starsStayWithinFoldersAndPairsOfThemDoNot(String pattern, String name, boolean matches) {
    assertThat(new Glob(pattern).matches(name)).isEqualTo(matches);
  }

  @Test
  void aPatternOfManyStarsIsNoSlower() {
    Glob hostile = new Glob("*a".repeat(500) + "b");

    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(10), () -> assertThat(hostile.matches("a".repeat(1000))).isFalse());
  }
}
