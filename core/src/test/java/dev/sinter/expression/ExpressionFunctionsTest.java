/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.expression;

import org.junit.jupiter.api.Test;

/** Values as Python 3.11 gives them: functions, texts and lists. */
class ExpressionFunctionsTest {
  private static final String TEXTS =
      """
      'a'  =>  "a"
      "a"  =>  "a"
      'it"s'  =>  "it\\"s"
      "it's"  =>  "it's"
      'a'+'b'  =>  "ab"
      text  =>  "Linear"
      text + '_' + str(n)  =>  "Linear_4"
      're:.*\\.down_proj$'  =>  "re:.*\\\\.down_proj$"
      '\\\\d'  =>  "\\\\d"
      'a\\nb'  =>  "a\\nb"
      '\\''  =>  "'"
      ''  =>  ""
      str(1)  =>  "1"
      str(1.0)  =>  "1.0"
      str(True)  =>  "True"
      str(None)  =>  "None"
      str('a')  =>  "a"
      str([1,'a',2.5,None,"it's"])  =>  "[1, 'a', 2.5, None, \\"it's\\"]"
      str(1e22)  =>  "1e+22"
      str([])  =>  "[]"
      str(['\\n'])  =>  "['\\\\n']"
      str(["a'b\\"c"])  =>  "['a\\\\'b\\"c']"
      str(1e-7)  =>  "1e-07"
      len('abc')  =>  3
      len('\uD83D\uDE00')  =>  1
      len([])  =>  0
      len(items)  =>  3
      min('b','a')  =>  "a"
      [1, 2]  =>  [1,2]
      []  =>  []
      [1, 2,]  =>  [1,2]
      [n, [x, text]]  =>  [4,[0.5,"Linear"]]
      items  =>  [3,1,2]
      flag  =>  true
      nothing  =>  null
      'lm' if n == 4 else 'x'  =>  "lm"
      str(['\\\\'])  =>  "['\\\\\\\\']"
      """;

  private static final String FUNCTIONS =
      """
      sqrt(16)  =>  4.0
      math.sqrt(2)  =>  1.4142135623730951
      math.sqrt(n)  =>  2.0
      exp(2)  =>  7.38905609893065
      math.exp(0)  =>  1.0
      math.log(10)  =>  2.302585092994046
      log(8,2)  =>  3.0
      log(100, 10)  =>  2.0
      log2(8)  =>  3.0
      log2(1)  =>  0.0
      math.log2(0.5)  =>  -1.0
      log2(0.1)  =>  -3.321928094887362
      log2(10)  =>  3.321928094887362
      log2(2**40)  =>  40.0
      math.log2(5e-324)  =>  -1074.0
      log2(0.9999)  =>  -0.00014427671804501932
      log2(1023)  =>  9.99859042974533
      log10(1000)  =>  3.0
      log10(0.001)  =>  -3.0
      math.log10(2)  =>  0.3010299956639812
      pow(2,3)  =>  8
      math.pow(2,3)  =>  8.0
      pow(2,-1)  =>  0.5
      pow(4,0.5)  =>  2.0
      math.floor(2.7)  =>  2
      floor(-2.7)  =>  -3
      ceil(2.1)  =>  3
      ceil(-2.1)  =>  -2
      trunc(-2.7)  =>  -2
      trunc(2.7)  =>  2
      floor(3)  =>  3
      fabs(-3)  =>  3.0
      math.fabs(2.5)  =>  2.5
      math.sin(0)  =>  0.0
      sin(1)  =>  0.8414709848078965
      cos(0)  =>  1.0
      math.cos(1)  =>  0.5403023058681398
      tan(1)  =>  1.5574077246549023
      math.cos(math.pi)  =>  -1.0
      math.pi  =>  3.141592653589793
      math.e  =>  2.718281828459045
      pi  =>  3.141592653589793
      e  =>  2.718281828459045
      2*pi  =>  6.283185307179586
      abs(-3)  =>  3
      abs(neg)  =>  7
      abs(-2.5)  =>  2.5
      abs(True)  =>  1
      min(1,2)  =>  1
      min(2, 1.0)  =>  1.0
      min(1, 1.0)  =>  1
      max(1.0, 1)  =>  1.0
      max(1,2,3)  =>  3
      max([1, 5, 2])  =>  5
      min(items)  =>  1
      max(items)+1  =>  4
      round(2.5)  =>  2
      round(3.5)  =>  4
      round(-2.5)  =>  -2
      round(2.675, 2)  =>  2.67
      round(1.005,2)  =>  1.0
      round(0.125, 2)  =>  0.12
      round(1250,-2)  =>  1200
      round(1350,-2)  =>  1400
      round(15,-1)  =>  20
      round(7, 2)  =>  7
      round(1234.5678, -2)  =>  1200.0
      round(-0.4, 0)  =>  -0.0
      round(1e300, 5)  =>  1e+300
      round(5, -30)  =>  0
      round(5.5, -400)  =>  0.0
      round(5.5, 400)  =>  5.5
      round(2.5, 0)  =>  2.0
      round(True)  =>  1
      int(2.7)  =>  2
      int(-2.7)  =>  -2
      int('12')  =>  12
      int(' -12 ')  =>  -12
      int(True)  =>  1
      int('1_000')  =>  1000
      float(1)  =>  1.0
      float('1.5')  =>  1.5
      float('-1e3')  =>  -1000.0
      float('2')  =>  2.0
      sum([1,2,3])  =>  6
      sum([0.1,0.2,0.3])  =>  0.6000000000000001
      sum([])  =>  0
      sum(items)  =>  6
      sum([1, 2.5])  =>  3.5
      sum([True, True])  =>  2
      int(n * 0.3)  =>  1
      max(1, int(0.1 * end))  =>  1
      math.floor(math.sqrt(end))  =>  3
      (start + end) / 2  =>  6.0
      math.trunc(7 / 2)  =>  3
      round(x * 3)  =>  2
      ceil(7 / 2)  =>  4
      e ** 1  =>  2.718281828459045
      min(1, 2,)  =>  1
      pi > 3  =>  true
      floor(-0.5)  =>  -1
      int('007')  =>  7
      float('00.5')  =>  0.5
      max('a', 'b')  =>  "b"
      exp(-1)  =>  0.36787944117144233
      exp(0.5)  =>  1.6487212707001282
      """;

  @Test
  void functionsArePythons() {
    ExpressionTest.assertValues(FUNCTIONS);
  }

  @Test
  void textsAndListsArePythons() {
    ExpressionTest.assertValues(TEXTS);
  }
}
