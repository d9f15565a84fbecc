/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProblemsTest {

  @Test
  void throwsNothingWithoutAProblem() {
    Problems problems = new Problems();
    assertThat(problems.isEmpty()).isTrue();
    assertThatCode(problems::throwIfAny).doesNotThrowAnyException();
  }

  @Test
  void saysEveryProblemAtOnce() {
    Problems problems = new Problems();
    problems.add("no model");
    problems.add("no recipe");
    assertThat(problems.found()).containsExactly("no model", "no recipe");
    assertThatThrownBy(problems::throwIfAny)
        .isInstanceOfSatisfying(
            RequestException.class,
            thrown -> assertThat(thrown.problems()).containsExactly("no model", "no recipe"))
        .hasMessage("no model\nno recipe");
  }

  @Test
  void keepsTheCause() {
    Exception cause = new IllegalStateException("inner");
    RequestException thrown = new RequestException("outer", cause);
    assertThat(thrown).hasMessage("outer").hasCause(cause);
    assertThat(thrown.problems()).isEqualTo(List.of("outer"));
  }
}
