/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.expression;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** Values as Python 3.11 gives them, but for what the functions give. */
class ExpressionTest {
  private static final String ARITHMETIC =
      """
      1  =>  1
      0  =>  0
      1_000  =>  1000
      1.  =>  1.0
      -.5  =>  -0.5
      .5e3  =>  500.0
      1e16  =>  1e+16
      1e-5  =>  1e-05
      123456789012345680.0  =>  1.2345678901234568e+17
      1+2*3  =>  7
      (1+2)*3  =>  9
      7/2  =>  3.5
      6/2  =>  3.0
      1/3  =>  0.3333333333333333
      7//2  =>  3
      -7//2  =>  -4
      7//-2  =>  -4
      -7%3  =>  2
      7%-3  =>  -2
      -7.5//2  =>  -4.0
      -7.5%2  =>  0.5
      7.5%-2  =>  -0.5
      1e300//7  =>  1.4285714285714286e+299
      0.3//0.1  =>  2.0
      -0.0  =>  -0.0
      -1.0%1  =>  0.0
      1.0//-3  =>  -1.0
      -0.0//1  =>  -0.0
      2**10  =>  1024
      2**-1  =>  0.5
      -2**2  =>  -4
      2**3**2  =>  512
      2**-1**2  =>  0.5
      (-2)**3  =>  -8
      2.0**0.5  =>  1.4142135623730951
      2**0.5  =>  1.4142135623730951
      10**-3  =>  0.001
      10**-1  =>  0.1
      10**-5  =>  1e-05
      10**-7  =>  1e-07
      10.0**22  =>  1e+22
      1.0001**10000  =>  2.7181459268249255
      0.1**3  =>  0.0010000000000000002
      (-0.5)**3  =>  -0.125
      (-0.0)**3  =>  -0.0
      1.5**-20  =>  0.0003007286598217175
      2.0**-1074  =>  5e-324
      10.0**-400  =>  0.0
      (-2)**-3  =>  -0.125
      8**(1/3)  =>  2.0
      0**0  =>  1
      (-1)**1000001  =>  -1
      1**100000000000  =>  1
      0**5  =>  0
      True+True  =>  2
      -True  =>  -1
      +3  =>  3
      --3  =>  3
      - -3  =>  3
      3-1-1  =>  1
      100-2*3%4  =>  98
      2*n  =>  8
      n/8  =>  0.5
      n//3*1.5  =>  1.5
      start+(end-start)/2  =>  6.0
      (end-start)*x  =>  4.0
      0.1+0.2  =>  0.30000000000000004
      0.1*3  =>  0.30000000000000004
      1e308*1  =>  1e+308
      9223372036854775807  =>  9223372036854775807
      -9223372036854775807-1  =>  -9223372036854775808
      9007199254740993/3  =>  3002399751580331.0
      9223372036854775807/3  =>  3.0744573456182584e+18
      big/3  =>  1.5372286728091292e+18
      9007199254740993+0.0  =>  9007199254740992.0
      5-2.5  =>  2.5
      6*0.5  =>  3.0
      4.0  =>  4.0
      1.5e3  =>  1500.0
      3.0//1  =>  3.0
      """;

  private static final String LOGIC =
      """
      1<2  =>  true
      2<=2  =>  true
      3>4  =>  false
      3>=4  =>  false
      1==1.0  =>  true
      1!=2  =>  true
      'a'<'b'  =>  true
      'a'=='a'  =>  true
      '1'==1  =>  false
      9007199254740993==9007199254740992.0  =>  false
      9007199254740993>9007199254740992.0  =>  true
      True==1  =>  true
      [1,2]==[1.0,2]  =>  true
      [1]==[1,2]  =>  false
      None==None  =>  true
      not 1  =>  false
      not 0  =>  true
      not ''  =>  true
      not []  =>  true
      not not 3  =>  true
      1 and 2  =>  2
      0 and 2  =>  0
      1 or 2  =>  1
      0 or 2  =>  2
      '' or 'x'  =>  "x"
      None or 5  =>  5
      0.0 or 3  =>  3
      1 if True else 2  =>  1
      1 if 0 else 2  =>  2
      1 if 0 else 2 if 0 else 3  =>  3
      n if n > 3 else 8  =>  4
      1+1 if flag else 9  =>  2
      not 1 == 2  =>  true
      0 and 1/0  =>  0
      1 or 1/0  =>  1
      1 if True else 1/0  =>  1
      1 < 2 and 2 < 3  =>  true
      (1 if flag else 2) + 1  =>  2
      True  =>  true
      False  =>  false
      None  =>  null
      1 == 2 or 3  =>  3
      not nothing  =>  true
      not items  =>  false
      items == [3, 1, 2.0]  =>  true
      """;

  private static final Map<String, Json> NAMES = new HashMap<>();

  static {
    NAMES.put("n", Json.of(4));
    NAMES.put("start", Json.of(2));
    NAMES.put("end", Json.of(10));
    NAMES.put("x", Json.of(0.5));
    NAMES.put("neg", Json.of(-7));
    NAMES.put("text", Json.of("Linear"));
    NAMES.put("items", Json.of(List.of(3, 1, 2)));
    NAMES.put("flag", Json.of(true));
    NAMES.put("nothing", Json.of(null));
    NAMES.put("big", Json.of(1L << 62));
  }

  static Optional<Json> given(String name) {
    return Optional.ofNullable(NAMES.get(name));
  }

  static Json value(String text) {
    return Expression.parse(text).value(ExpressionTest::given);
  }

  /** Checks "expression => value as compact JSON" line by line. */
  static void assertValues(String table) {
    SoftAssertions softly = new SoftAssertions();
    table
        .lines()
        .forEach(
            line -> {
              int arrow = line.indexOf("  =>  ");
              String text = line.substring(0, arrow);
              softly
                  .assertThatCode(
                      () ->
                          assertThat(JsonWriter.compact(value(text)))
                              .as(text)
                              .isEqualTo(line.substring(arrow + 6)))
                  .doesNotThrowAnyException();
            });
    softly.assertAll();
  }

  @Test
  void arithmeticIsPythons() {
    assertValues(ARITHMETIC);
  }

  @Test
  void logicIsPythons() {
    assertValues(LOGIC);
  }

  @Test
  void spaceAndLineBreaksDoNotCount() {
    assertThat(value("  1\t+\r\n2 ")).isEqualTo(Json.of(3));
  }

  @Test
  void aNameAloneIsPassedThroughAsItIs() {
    Json map = Json.object("a", new Json.Num("1.50"));
    Expression name = Expression.parse("n");
    assertThat(name.value(n -> Optional.of(map))).isSameAs(map);
    assertThat(name.value(n -> Optional.of(new Json.Num("1.50")))).isEqualTo(new Json.Num("1.50"));
  }

  @Test
  void aGivenNameWinsOverAConstant() {
    assertThat(Expression.parse("e + math.e").value(n -> Optional.of(Json.of(1))))
        .isEqualTo(Json.of(3.718281828459045));
  }

  @Test
  void aNameMayBeSpelledAsAFunction() {
    assertThat(Expression.parse("min(min, 2)").value(n -> Optional.of(Json.of(1))))
        .isEqualTo(Json.of(1));
  }

  @Test
  void namesAreThoseReadInEveryBranch() {
    assertThat(Expression.parse("a if b else max(c, [d, -a ** 2]) + pi * math.e").names())
        .containsExactlyInAnyOrder("a", "b", "c", "d");
    assertThat(Expression.parse("'a' + str(True)").names()).isEmpty();
  }

  @Test
  void whatIsNotNeededIsNotAsked() {
    assertThat(value("1 if flag else unknown")).isEqualTo(Json.of(1));
    assertThat(value("0 and unknown")).isEqualTo(Json.of(0));
  }
}
