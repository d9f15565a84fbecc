/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExpressionErrorsTest {
  private static final String FUNCTIONS =
      " Known are: abs, ceil, cos, exp, fabs, float, floor, int, len, log, log10, log2, max, min,"
          + " pow, round, sin, sqrt, str, sum, tan, trunc";

  private static void assertRefused(String text, int offset, String message) {
    ExpressionException e =
        catchThrowableOfType(ExpressionException.class, () -> ExpressionTest.value(text));
    assertThat(e).as(text).isNotNull();
    assertThat(e).as(text).hasMessage(message);
    assertThat(e.offset()).as(text).isEqualTo(offset);
  }

  private static void assertPython(String text, int offset, String found) {
    assertRefused(text, offset, "eval takes arithmetic, not Python: found " + found);
  }

  @Test
  void unknownNamesAreToldWithTheNearestWhenEvaluated() {
    Expression expression = Expression.parse("2 * strat");
    ExpressionException e =
        catchThrowableOfType(
            ExpressionException.class,
            () -> expression.value(name -> Optional.empty(), Set.of("start", "end")));
    assertThat(e).hasMessage("Unknown name strat. Did you mean start? Known are: end, start");
    assertThat(e.offset()).isEqualTo(4);
  }

  @Test
  void unknownNamesAloneAreToldToo() {
    assertRefused("1 + strat", 4, "Unknown name strat.");
    assertRefused("true", 0, "Unknown name true. Did you mean True?");
    assertRefused("not null", 4, "Unknown name null. Did you mean None?");
    assertRefused("2 * sqrt", 4, "sqrt is a function; write sqrt(...)");
  }

  @Test
  void unknownFunctionsAreToldWithTheNearest() {
    assertRefused("1 + sqr(4)", 4, "Unknown function sqr. Did you mean sqrt?" + FUNCTIONS);
    assertRefused("math.abs(4)", 0, "Unknown function math.abs. Did you mean abs?" + FUNCTIONS);
    assertRefused("math.tau", 0, "Unknown constant math.tau. Known are: math.e, math.pi");
    assertRefused("math.sqrt + 1", 0, "math.sqrt is a function; write math.sqrt(...)");
    assertRefused("math.(", 5, "Found ( where a function of math is due");
    assertRefused("math.", 5, "Found the end where a function of math is due");
  }

  @Test
  void countsOfArgumentsAreTold() {
    assertRefused("sqrt()", 0, "sqrt takes 1 argument, found 0");
    assertRefused("1 + log(1, 2, 3)", 4, "log takes 1 or 2 arguments, found 3");
    assertRefused("pow(1)", 0, "pow takes 2 arguments, found 1");
    assertRefused("min()", 0, "min takes 1 or more arguments, found 0");
  }

  @Test
  void whatIsMissingOrTooMuchIsTold() {
    assertRefused("", 0, "The expression is empty; write for example eval(2 * n)");
    assertRefused(" ", 1, "The expression is empty; write for example eval(2 * n)");
    assertRefused("2 * (1 + 2", 4, "The ( has no matching )");
    assertRefused("min(1, 2", 3, "The ( has no matching )");
    assertRefused("[1, 2", 0, "The [ has no matching ]");
    assertRefused("(1]", 2, "Found ] where ) or an operator is due");
    assertRefused("1)", 1, "There is one ) too many");
    assertRefused("1 2", 2, "The expression ends before 2; an operator may be missing");
    assertRefused("1, 2", 1, "The expression ends before ,; an operator may be missing");
    assertRefused("1 +", 3, "Found the end where a value is due");
    assertRefused("* 2", 0, "Found * where a value is due");
    assertRefused("1 + and", 4, "Found and where a value is due");
    assertRefused("(1, 2)", 2, "Parentheses hold one value; write a list as [1, 2]");
    assertRefused("1 if 2", 6, "Found the end where else is due; write a if c else b");
    assertRefused("1 < 2 < 3", 6, "Comparisons do not chain in eval; write a < b and b < c");
    assertRefused("1 == 2 != 3", 7, "Comparisons do not chain in eval; write a < b and b < c");
  }

  @Test
  void wrongSpellingsAreTold() {
    assertRefused("n = 3", 2, "= has no meaning in eval; write == to compare");
    assertRefused("!n", 0, "! has no meaning in eval; write not");
    assertRefused("1 && 2", 2, "& has no meaning in eval; write and");
    assertRefused("1 || 2", 2, "| has no meaning in eval; write or");
    assertRefused("2 ^ 3", 2, "^ has no meaning in eval; write ** for a power");
    assertRefused("{1: 2}", 0, "{ has no meaning in eval");
    assertRefused("1 \uD83D\uDE00", 2, "\uD83D\uDE00 has no meaning in eval");
    assertRefused("0x10", 0, "0x10 is not a number; write for example 10 or 1.5e-3");
    assertRefused("1 + 012", 4, "012 is not a number; write for example 10 or 1.5e-3");
    assertRefused("1__0", 0, "1__0 is not a number; write for example 10 or 1.5e-3");
    assertRefused("2n", 0, "2n is not a number; write for example 10 or 1.5e-3");
    assertRefused("1 + 'ab", 4, "The text that begins with ' has no end; write another '");
    assertRefused("'ab\\'", 0, "The text that begins with ' has no end; write another '");
    assertRefused("'ab\\x41'", 3, "The escape \\x is not read; write \\\\ for a backslash");
  }

  @Test
  void pythonThatIsNotArithmeticIsRefused() {
    assertPython("__import__('os')", 0, "__import__");
    assertPython("os.system('ls')", 2, "the attribute .system");
    assertPython("().__class__", 3, "__class__");
    assertPython("1 + (lambda: 1)()", 5, "lambda");
    assertPython("items[0]", 5, "a subscript");
    assertPython("'ab'[0]", 4, "a subscript");
    assertPython("'ab'.upper()", 4, "the attribute .upper");
    assertPython("(1)(2)", 3, "a call of a value");
    assertPython("[n for n in items]", 3, "for");
    assertPython("1 in items", 2, "in");
    assertPython("f'{n}'", 0, "f'");
    assertPython("text.", 4, "the attribute .");
    assertRefused("eval(1)", 0, "Unknown function eval." + FUNCTIONS);
  }

  @Test
  void wrongTypesAreTold() {
    assertRefused("3 + [1, 2]", 2, "+ needs two numbers or two texts, not 3 and [1, 2]");
    assertRefused("1 + 'a'", 2, "+ needs two numbers or two texts, not 1 and 'a'");
    assertRefused("text * 2", 5, "* needs two numbers, not 'Linear' and 2");
    assertRefused("None < 2", 5, "< needs two numbers or two texts, not None and 2");
    assertRefused("-text", 0, "- needs a number, not 'Linear'");
    assertRefused("2 ** 'a'", 2, "** needs two numbers, not 2 and 'a'");
    assertRefused("sqrt('a')", 0, "sqrt needs a number, not 'a'");
    assertRefused("len(3)", 0, "len needs a text or a list, not 3");
    assertRefused("max(3)", 0, "max needs two values or more, or a list of some, not 3");
    assertRefused("max([])", 0, "max needs two values or more, or a list of some, not []");
    assertRefused("max(1, 'a')", 0, "max needs two numbers or two texts, not 'a' and 1");
    assertRefused("sum(['a'])", 0, "sum needs a list of numbers, not ['a']");
    assertRefused("sum(1)", 0, "sum needs a list, not 1");
    assertRefused("int('1.5')", 0, "int needs a number or the text of a whole number, not '1.5'");
    assertRefused("float('nan')", 0, "float needs a number or the text of one, not 'nan'");
    assertRefused("round(1.5, 0.5)", 0, "round needs a whole number of digits, not 0.5");
    assertRefused(
        "-[1000001, 1000002, 1000003, 1000004, 1000005]",
        0,
        "- needs a number, not [1000001, 1000002, 1000003, 1000004, 1..");
  }

  @Test
  void whatHasNoValueIsTold() {
    assertRefused("1 / 0", 2, "Division by zero: the right of / is 0");
    assertRefused("1 // 0.0", 2, "Division by zero: the right of // is 0");
    assertRefused("1 % 0", 2, "Division by zero: the right of % is 0");
    assertRefused("0 ** -1", 2, "Division by zero: 0 to a negative power");
    assertRefused("log(2, 1)", 0, "Division by zero: a logarithm to the base 1");
    assertRefused("sqrt(-1)", 0, "sqrt needs a number of 0 or more, not -1");
    assertRefused("log(0)", 0, "log needs a number above 0, not 0");
    assertRefused(
        "(-8) ** 0.5", 5, "A negative number to a power that is not whole is not a real number");
  }

  @Test
  void whatIsTooLargeIsTold() {
    String beyond = " is beyond 64 bits; write a float, as 2.0, to go on";
    assertRefused("9223372036854775807 + 1", 20, "The result of +" + beyond);
    assertRefused("2 ** 63", 2, "The result of **" + beyond);
    assertRefused("9 ** 9 ** 9", 2, "The result of **" + beyond);
    assertRefused("3037000500 * 3037000500", 11, "The result of *" + beyond);
    assertRefused("floor(1e19)", 0, "The result of floor" + beyond);
    assertRefused("1e308 * 10", 6, "The result of * is not finite");
    assertRefused("10.0 ** 400", 5, "The result of ** is not finite");
    assertRefused("1e308 ** 1000000", 6, "The result of ** is not finite");
    assertRefused("exp(1000)", 0, "The result of exp is not finite");
    assertRefused(
        "1 + 9223372036854775808",
        4,
        "9223372036854775808 is beyond 64 bits; write it as a float, with a point");
    assertRefused("1e999", 0, "1e999 is beyond what a float holds");
    assertRefused("float('1e999')", 0, "The result of float is not finite");
  }

  @Test
  void aGivenNumberTooLargeIsToldWhereItIsUsed() {
    ExpressionException e =
        catchThrowableOfType(
            ExpressionException.class,
            () ->
                Expression.parse("1 + n")
                    .value(n -> Optional.of(new Json.Num("1" + "0".repeat(20)))));
    assertThat(e)
        .hasMessage("100000000000000000000 is beyond 64 bits; write it as a float, with a point");
    assertThat(e.offset()).isEqualTo(2);
  }

  @Test
  void lengthIsBounded() {
    assertThat(ExpressionTest.value("1" + " ".repeat(999))).isEqualTo(Json.of(1));
    assertRefused(
        "1" + " ".repeat(1000), 0, "The expression has 1001 characters; at most 1000 are read");
  }

  @Test
  void depthIsBounded() {
    assertThat(ExpressionTest.value("(".repeat(50) + "1" + ")".repeat(50))).isEqualTo(Json.of(1));
    for (String open : List.of("(", "[", "abs(", "-", "not ", "2**", "1 if 0 else ")) {
      String text = open.repeat(51) + "1";
      assertRefused(text, 51 * open.length(), "The expression is nested more than 50 deep");
    }
  }

  @Test
  void longChainsNeedNoDeepStack() throws InterruptedException {
    Json[] found = new Json[1];
    Thread thread =
        new Thread(
            null, () -> found[0] = ExpressionTest.value("1" + "+1".repeat(499)), "small", 1 << 18);
    thread.start();
    thread.join();
    assertThat(found[0]).isEqualTo(Json.of(500));
  }

  @Test
  void textsDoNotGrowWithoutEnd() {
    String text = "str([".repeat(20) + "'" + "\\\\".repeat(400) + "'" + "])".repeat(20);
    ExpressionException e =
        catchThrowableOfType(ExpressionException.class, () -> ExpressionTest.value(text));
    assertThat(e).hasMessage("The text would be longer than 100000 characters");
  }
}
