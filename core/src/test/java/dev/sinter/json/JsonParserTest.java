/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonParserTest {

  @Test
  void readsEveryKindOfValue() throws JsonSyntaxException {
    assertThat(parse(" {\"a\": [1, \"x\", true, false, null, {}]} \n"))
        .isEqualTo(
            Json.object(
                "a",
                List.of(
                    Json.of(1),
                    Json.of("x"),
                    Json.of(true),
                    Json.of(false),
                    new Json.Null(),
                    Json.object())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1e-05",
        "1E5",
        "1.0",
        "1.10",
        "-0",
        "-0.0",
        "0.1e+1",
        "123456789012345678901234567890"
      })
  void keepsTheSpellingOfNumbers(String number) throws JsonSyntaxException {
    assertThat(parse(number)).isEqualTo(new Json.Num(number));
    assertThat(JsonWriter.compact(parse("[" + number + "]"))).isEqualTo("[" + number + "]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"a":1,"b":2,"a":1}       | The name "a" stands twice (line 1, column 14)
          {"o":{"a":1,"\\u0061":1}} | The name "a" stands twice (line 1, column 13)
          """)
  void rejectsDuplicateNames(String json, String message) {
    assertRejected(json, message);
  }

  @Test
  void acceptsTheDeepestNesting() throws JsonSyntaxException {
    String json = "[".repeat(64) + "]".repeat(64);
    assertThat(JsonWriter.compact(parse(json))).isEqualTo(json);
  }

  @ParameterizedTest
  @ValueSource(ints = {65, 1_000_000})
  void rejectsDeeperNesting(int depth) {
    assertThatThrownBy(() -> parse("[".repeat(depth)))
        .isInstanceOf(JsonSyntaxException.class)
        .hasMessageStartingWith("nested or spelled beyond all measure");
  }

  @Test
  void rejectsAnEndlessNumber() {
    assertThatThrownBy(() -> parse("[" + "1".repeat(401) + "]"))
        .isInstanceOf(JsonSyntaxException.class)
        .hasMessageStartingWith("nested or spelled beyond all measure");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {} {} | Text after the JSON value (line 1, column 4)
          1 2   | Text after the JSON value (line 1, column 3)
          [] "  | Text after the JSON value (line 1, column 4)
          """)
  void rejectsASecondValue(String json, String message) {
    assertRejected(json, message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n\t"})
  void rejectsAnEmptyText(String json) {
    assertRejected(json, "No JSON value found");
  }

  @Test
  void saysWhereTheTextIsWrong() {
    assertRejected(
        "{\n  \"a\": 1,\n}",
        "Unexpected character ('}' (code 125)): was expecting double-quote to start field name"
            + " (line 3)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[1",
        "[1,]",
        "{'a':1}",
        "{a:1}",
        "[01]",
        "[+1]",
        "[.5]",
        "[1.]",
        "[NaN]",
        "[Infinity]",
        "// c\n1",
        "\"a\nb\"",
        "\"\\x\"",
        "\"\\u12\"",
        "tru",
        "{} x",
        "\ufeff{}",
        "[\"a\" \"b\"]",
        "]"
      })
  void rejectsWhatIsNotStrictJson(String json) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(JsonSyntaxException.class)
        .hasMessageMatching(".+ \\(line \\d\\)");
  }

  @Test
  void rejectsTextThatIsNotUtf8() {
    assertThatThrownBy(() -> JsonParser.parse(new byte[] {'"', (byte) 0xe9, '"'}))
        .isInstanceOf(JsonSyntaxException.class)
        .hasMessage("The text is not UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "1", "null", "\"{}\""})
  void rejectsAValueWhereAnObjectIsWanted(String json) {
    assertThatThrownBy(() -> JsonParser.parseObject(utf8(json)))
        .isInstanceOf(JsonSyntaxException.class)
        .hasMessage("The JSON value is not an object");
  }

  private static void assertRejected(String json, String message) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(JsonSyntaxException.class)
        .hasMessage(message);
  }

  private static Json parse(String json) throws JsonSyntaxException {
    return JsonParser.parse(utf8(json));
  }

  private static byte[] utf8(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }
}
