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
  void tellsAFaultOnceThatIsReachedInTwoWays() {
    Problems problems = new Problems();
    Place place = Place.in("r.yaml", 2, 3, "  bits: 4");
    problems.add(place.reached("used at a"), "no bits");
    problems.add(place.reached("used at b"), "no bits");
    assertThat(problems.found())
        .containsExactly("r.yaml:2:3: no bits\n      bits: 4\n      ^\n    used at a");
  }

  @Test
  void tellsNothingMoreOfWhatCouldNotBeRead() {
    Problems problems = new Problems();
    Place place = Place.in("r.yaml", 1, 1, "a");
    problems.settle(place);
    problems.add(place, "no a");
    assertThat(problems.isSettled(place)).isTrue();
    assertThat(problems.found()).isEmpty();
  }

  @Test
  void showsThePartOfALongLineThatIsMeant() {
    String line = "x".repeat(200) + "y" + "z".repeat(200);
    assertThat(Place.in("r.yaml", 1, 201, line).problem("no y"))
        .isEqualTo(
            "r.yaml:1:201: no y\n    "
                + "x".repeat(60)
                + "y"
                + "z".repeat(59)
                + "\n    "
                + " ".repeat(60)
                + "^");
  }

  @Test
  void saysWhateverARecipeHoldsInOneLine() {
    assertThat(Place.in("r.yaml", 1, 1, "a\tb").problem("no \"a\n\t\u2028b\""))
        .isEqualTo("r.yaml:1:1: no \"a\\n\\u0009\\u2028b\"\n    a b\n    ^");
  }

  @Test
  void keepsTheCause() {
    Exception cause = new IllegalStateException("inner");
    RequestException thrown = new RequestException("outer", cause);
    assertThat(thrown).hasMessage("outer").hasCause(cause);
    assertThat(thrown.problems()).isEqualTo(List.of("outer"));
  }
}
