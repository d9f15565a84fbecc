/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PythonFloatTest {

  @ParameterizedTest
  @CsvSource({
    "0.0, 0.0",
    "-0.0, -0.0",
    "0.1, 0.1",
    "-1.5, -1.5",
    "100.0, 100.0",
    "123456789.125, 123456789.125",
    "0.30000000000000004, 0.30000000000000004",
    "2e-3, 0.002",
    "0.0001, 0.0001",
    "0.00001234, 1.234e-05",
    "1e-5, 1e-05",
    "-1e-7, -1e-07",
    "2.5e-8, 2.5e-08",
    "9999999999999998.0, 9999999999999998.0",
    "1e16, 1e+16",
    "12345678901234567.0, 1.2345678901234568e+16",
    "1e22, 1e+22",
    "1e23, 1e+23",
    "1e100, 1e+100",
    "3.4028234663852886e38, 3.4028234663852886e+38",
    "5e-324, 5e-324",
    "2.2250738585072014e-308, 2.2250738585072014e-308",
    "1.7976931348623157e308, 1.7976931348623157e+308"
  })
  void spellsAsPythonDoes(double value, String python) {
    assertThat(PythonFloat.repr(value)).isEqualTo(python);
  }

  @ParameterizedTest
  @CsvSource({
    "7.1202363472230444E-307, 7.120236347223045e-307",
    "7.2911220195563975E-304, 7.291122019556398e-304",
    "5.9409111446723744E-213, 5.940911144672375e-213"
  })
  void takesTheShortestSpellingAtAPowerOfTwo(double value, String python) {
    assertThat(PythonFloat.repr(value)).isEqualTo(python);
  }

  @ParameterizedTest
  @CsvSource({
    "2.98023223876953125E-8, 2.9802322387695312e-08",
    "1259266790452956.25, 1259266790452956.2",
    "175434144704486.125, 175434144704486.12"
  })
  void roundsTiesToTheEvenDigit(double value, String python) {
    assertThat(PythonFloat.repr(value)).isEqualTo(python);
  }

  @Test
  void readsBackToTheSameValue() {
    Random random = new Random(7);
    for (int i = 0; i < 5_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        assertThat(Double.parseDouble(PythonFloat.repr(value))).isEqualTo(value);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void refusesWhatJsonCannotHold(double value) {
    assertThatThrownBy(() -> PythonFloat.repr(value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("JSON has no number for " + value);
  }
}
