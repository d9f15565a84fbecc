/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {

  @Test
  void replacesAMemberInItsPlace() {
    Json.Obj object = Json.object("a", 1, "b", 2);
    assertThat(JsonWriter.compact(object.with("a", Json.of("x"))))
        .isEqualTo("{\"a\":\"x\",\"b\":2}");
    assertThat(object).isEqualTo(Json.object("a", 1, "b", 2));
  }

  @Test
  void addsANewMemberAtTheEnd() {
    assertThat(JsonWriter.compact(Json.object("b", 1).with("a", new Json.Null())))
        .isEqualTo("{\"b\":1,\"a\":null}");
  }

  @Test
  void removesAMember() {
    assertThat(Json.object("a", 1, "b", 2).without("a")).isEqualTo(Json.object("b", 2));
  }

  @Test
  void countsNullAsAbsent() {
    Json.Obj object = Json.object("a", null, "b", false);
    assertThat(object.member("a")).isEmpty();
    assertThat(object.member("c")).isEmpty();
    assertThat(object.member("b")).contains(new Json.Bool(false));
  }

  @Test
  void keepsNoHoldOfTheMapThatItWasMadeOf() {
    Map<String, Json> members = new LinkedHashMap<>();
    Json.Obj object = new Json.Obj(members);
    members.put("a", Json.of(1));
    assertThat(object.members()).isEmpty();
    assertThatThrownBy(() -> object.members().put("a", Json.of(1)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage(null);
  }

  @Test
  void convertsJavaValues() {
    assertThat(JsonWriter.compact(Json.of(List.of(Map.of("k", 1L), "s", true, 2, 1e-5))))
        .isEqualTo("[{\"k\":1},\"s\",true,2,1e-05]");
  }

  @Test
  void refusesAValueWithoutJsonForm() {
    assertThatThrownBy(() -> Json.of(1.5f))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("No JSON form for a java.lang.Float");
  }

  @ParameterizedTest
  @CsvSource({"0, true", "-7, true", "1.0, false", "1e3, false", "1E3, false"})
  void tellsIntegersByTheirSpelling(String text, boolean integer) {
    assertThat(new Json.Num(text).isInteger()).isEqualTo(integer);
  }

  @Test
  void readsNumbersAsJavaValues() {
    assertThat(new Json.Num("-9223372036854775808").asLong()).isEqualTo(Long.MIN_VALUE);
    assertThat(new Json.Num("1e-05").asDouble()).isEqualTo(1e-5);
  }

  @Test
  void refusesALongOutOfRange() {
    assertThatThrownBy(() -> new Json.Num("9223372036854775808").asLong())
        .isInstanceOf(NumberFormatException.class)
        .hasMessageContaining("\"9223372036854775808\"");
  }
}
