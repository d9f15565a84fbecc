/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EvalTextTest {
  private static Json replaced(String text) {
    return EvalText.replace(text, ExpressionTest::given);
  }

  private static void assertRefused(String text, int offset, String message) {
    ExpressionException e = catchThrowableOfType(ExpressionException.class, () -> replaced(text));
    assertThat(e).as(text).isNotNull();
    assertThat(e).as(text).hasMessage(message);
    assertThat(e.offset()).as(text).isEqualTo(offset);
  }

  @Test
  void aTextThatIsOneCallKeepsItsType() {
    assertThat(replaced("eval(n * 2)")).isEqualTo(Json.of(8));
    assertThat(replaced("eval(n / 2)")).isEqualTo(Json.of(2.0));
    assertThat(replaced(" eval(x)\n")).isEqualTo(Json.of(0.5));
    assertThat(replaced("eval(text)")).isEqualTo(Json.of("Linear"));
    assertThat(replaced("eval(flag)")).isEqualTo(Json.of(true));
    assertThat(replaced("eval(nothing)")).isEqualTo(Json.of(null));
    assertThat(replaced("eval([n, text])")).isEqualTo(Json.of(List.of(4, "Linear")));
  }

  @Test
  void insideOtherTextTheValueIsPrintedAsPythonDoes() {
    assertThat(replaced("re:model.layers.eval(n)")).isEqualTo(Json.of("re:model.layers.4"));
    assertThat(replaced("eval(n / 2)x")).isEqualTo(Json.of("2.0x"));
    assertThat(replaced("eval(10 ** -5)x")).isEqualTo(Json.of("1e-05x"));
    assertThat(replaced("eval(text).weight")).isEqualTo(Json.of("Linear.weight"));
    assertThat(replaced("a eval([1, 'b', None])")).isEqualTo(Json.of("a [1, 'b', None]"));
    assertThat(EvalText.replace("a eval(v)", n -> Optional.of(new Json.Num("1.50"))))
        .isEqualTo(Json.of("a 1.5"));
  }

  @Test
  void everyCallIsReplaced() {
    assertThat(replaced("eval(start)-eval(end)")).isEqualTo(Json.of("2-10"));
    assertThat(replaced("a eval(start)eval(end) b")).isEqualTo(Json.of("a 210 b"));
  }

  @Test
  void parenthesesAndQuotesAreBalanced() {
    assertThat(replaced("eval((1 + 2) * (n - (1)))")).isEqualTo(Json.of(9));
    assertThat(replaced("eval(')')")).isEqualTo(Json.of(")"));
    assertThat(replaced("(eval(\"(\" + '\\')'))")).isEqualTo(Json.of("((')" + ")"));
    assertThat(replaced("it's eval('eval(')")).isEqualTo(Json.of("it's eval("));
  }

  @Test
  void wordsThatOnlyEndInEvalAreNone() {
    for (String text : List.of("retrieval(n)", "_eval(n)", "1eval(n)", "eval (n)", "eval", "")) {
      assertThat(EvalText.contains(text)).as(text).isFalse();
      assertThat(replaced(text)).as(text).isEqualTo(Json.of(text));
    }
    for (String text : List.of("eval(n)", "a.eval(n)", "retrieval(eval(n))", "-eval(", "eval()")) {
      assertThat(EvalText.contains(text)).as(text).isTrue();
    }
  }

  @Test
  void namesAreThoseOfAllCalls() {
    assertThat(EvalText.names("a eval(b + sqrt(c)) d eval(b * pi * e2)"))
        .isEqualTo(Set.of("b", "c", "e2"));
    assertThat(EvalText.names("a")).isEmpty();
  }

  @Test
  void offsetsCountFromTheTextsBegin() {
    assertRefused("ab eval(1 / 0)", 10, "Division by zero: the right of / is 0");
    assertRefused("eval(n) eval(unknown)", 13, "Unknown name unknown.");
    assertRefused("ab eval()", 8, "The expression is empty; write for example eval(2 * n)");
    assertRefused("ab eval(1", 7, "The ( of eval has no matching )");
    assertRefused("eval(1 + 'a)", 9, "The text that begins with ' has no end; write another '");
    assertRefused("a eval('\\x')", 8, "The escape \\x is not read; write \\\\ for a backslash");
    assertRefused(
        "eval(n)eval(" + "n".repeat(1001) + ")",
        12,
        "The expression has 1001 characters; at most 1000 are read");
  }

  @Test
  void offsetsOfAnotherTextStayAsTheyAre() {
    ExpressionException e =
        catchThrowableOfType(
            ExpressionException.class,
            () -> EvalText.replace("abc eval(n)", name -> Optional.of(replaced("eval(1/0)"))));
    assertThat(e.offset()).isEqualTo(6);
  }

  @Test
  void knownNamesHelpTheMessage() {
    ExpressionException e =
        catchThrowableOfType(
            ExpressionException.class,
            () -> EvalText.replace("eval(lyers)", name -> Optional.empty(), Set.of("layers")));
    assertThat(e).hasMessage("Unknown name lyers. Did you mean layers? Known are: layers");
  }

  @Test
  void textsDoNotGrowWithoutEnd() {
    Json longText = Json.of("a".repeat(60_000));
    ExpressionException e =
        catchThrowableOfType(
            ExpressionException.class,
            () -> EvalText.replace("-eval(t)-eval(t)", name -> Optional.of(longText)));
    assertThat(e).hasMessage("The text would be longer than 100000 characters");
    assertThat(e.offset()).isEqualTo(9);
  }
}
