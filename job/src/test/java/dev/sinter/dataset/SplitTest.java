/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.problem.RequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected rows are those of Hugging Face's datasets, worked out by its rules. */
class SplitTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          train[:5%]       | 1000 | 0    | 50
          train[5%:]       | 1000 | 50   | 1000
          train[10:20]     | 1000 | 10   | 20
          train[ 10 : 20 ] | 1000 | 10   | 20
          train[:]         | 7    | 0    | 7
          train[-10:]      | 1000 | 990  | 1000
          train[:-10]      | 1000 | 0    | 990
          train[-10%:]     | 1000 | 900  | 1000
          train[:5000]     | 1000 | 0    | 1000
          train[-5000:3]   | 1000 | 0    | 3
          train[33%:66%]   | 999  | 330  | 659
          train[:50%]      | 5    | 0    | 2
          train[:50%]      | 7    | 0    | 4
          train[:10%]      | 25   | 0    | 2
          train[:30%]      | 5    | 0    | 2
          """)
  void slicesAsDatasetsDoes(String text, long rows, long start, long end) {
    Split split = Split.parse(text);
    assertThat(split.name()).isEqualTo("train");
    assertThat(split.range().get().start(rows)).isEqualTo(start);
    assertThat(split.range().get().end(rows)).isEqualTo(end);
  }

  @Test
  void takesAWholeSplitByItsName() {
    assertThat(Split.parse("train_sft").range()).isEmpty();
    assertThat(Split.parse("train_sft").name()).isEqualTo("train_sft");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          train+test              | --splits train+test is not read. Write one split
          train[:5%](pct1_dropremainder) | is not read. Write one split
          train[5]                | is not read. Write one split
          train[:10%:]            | is not read. Write one split
          train[1:10%]            | mixes rows and percents
          train[:101%]            | names more than 100%
          """)
  void refusesOthersByName(String text, String why) {
    assertThatThrownBy(() -> Split.parse(text))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining(why)
        .hasMessageStartingWith("--splits " + text);
  }
}
