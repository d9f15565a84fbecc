/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
  private static final Path FIXTURES = TestData.golden().resolve("json");

  @Test
  void writesTheBytesThatPythonWrites() throws IOException {
    Json.Obj value = TestData.json(FIXTURES.resolve("mixed.json"));
    assertThat(JsonWriter.pretty(value))
        .isEqualTo(Files.readString(FIXTURES.resolve("mixed-pretty.json")));
  }

  @Test
  void readsBackWhatItWrites() throws IOException {
    Json.Obj value = TestData.json(FIXTURES.resolve("mixed.json"));
    assertThat(TestData.json(utf8(JsonWriter.pretty(value)))).isEqualTo(value);
    assertThat(TestData.json(utf8(JsonWriter.compact(value)))).isEqualTo(value);
  }

  @Test
  void compactKeepsTheOrderAndAddsNoSpaces() {
    Json value = Json.object("b", List.of(1, true), "a", Json.object("x", null), "e", List.of());
    assertThat(JsonWriter.compact(value)).isEqualTo("{\"b\":[1,true],\"a\":{\"x\":null},\"e\":[]}");
  }

  @Test
  void compactEscapesOnlyWhatItMust() {
    assertThat(JsonWriter.compact(Json.of("\u00e9\ud83d\ude00\u007f\"\\/\u0001\n")))
        .isEqualTo("\"\u00e9\ud83d\ude00\u007f\\\"\\\\/\\u0001\\n\"");
  }

  @Test
  void prettyEscapesAllThatIsNotAscii() {
    assertThat(JsonWriter.pretty(Json.of("\u00e9\ud83d\ude00\u007f~")))
        .isEqualTo("\"\\u00e9\\ud83d\\ude00\\u007f~\"\n");
  }

  @Test
  void sortsByCodePoints() {
    List<String> names = Arrays.asList("\ud835\udefc", "\uff21", "b", "ab", "a", "B", "");
    names.sort(JsonWriter.CODE_POINT_ORDER);
    assertThat(names).containsExactly("", "B", "a", "ab", "b", "\uff21", "\ud835\udefc");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
