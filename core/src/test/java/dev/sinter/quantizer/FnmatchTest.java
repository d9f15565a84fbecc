/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.testing.TestData;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Patterns mean what Python's fnmatch means by them; what is expected here, Python 3.11 said. */
class FnmatchTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "*                | \"\"           | true",
        "*                | a.b            | true",
        "**               | \"\"           | true",
        "?                | \"\"           | false",
        "?                | .              | true",
        "a?c              | a.c            | true",
        "a                | A              | false",
        "a                | ba             | false",
        "a                | ab             | false",
        "[kv]_b           | k_b            | true",
        "[kv]_b           | q_b            | false",
        "[!kv]_b          | q_b            | true",
        "[!kv]_b          | k_b            | false",
        "[]]              | ]              | true",
        "[]a]             | ]              | true",
        "[!]]             | ]              | false",
        "[!]]             | a              | true",
        "[]               | []             | true",
        "[!]              | [!]            | true",
        "[!               | [!             | true",
        "[                | [              | true",
        "a[               | a[             | true",
        "[a               | [a             | true",
        "[a               | a              | false",
        "a]               | a]             | true",
        "[a-c]            | b              | true",
        "[a-c]            | -              | false",
        "[c-a]            | b              | false",
        "[c-a]            | c              | false",
        "[!c-a]           | x              | true",
        "[a-]             | -              | true",
        "[-a]             | -              | true",
        "[--0]            | .              | true",
        "[a-c-e]          | d              | false",
        "[a-c-e]          | -              | true",
        "[!a-c]           | d              | true",
        "[^a]             | ^              | true",
        "[^a]             | b              | false",
        "[!!]             | !              | false",
        "[!!]             | a              | true",
        "[[]a             | [a             | true",
        "[*]              | *              | true",
        "[*]              | a              | false",
        "[?]              | ?              | true",
        "[.]              | a              | false",
        "[A-Z]            | a              | false",
        "model.*          | modelxa        | false",
        "\\*              | *              | false",
        "\\*              | \\x            | true",
        "a***b            | axxb           | true",
        "*a*b*c*          | xaxbxcx        | true",
        "*a*b*c*          | xaxcxbx        | false",
        "*?*              | a              | true",
        "*mlp.gate.*      | m.mlp.gate_proj.weight_quantizer | false",
        "*_quantizer[s]   | x_quantizers   | true",
        "*.experts.*weight_quantizer | m.mlp.experts.gate_up_proj_weight_quantizer | true",
      })
  void matchesAsPythonDoes(String pattern, String name, boolean matches) {
    assertThat(new Fnmatch(pattern).matches(name)).isEqualTo(matches);
  }

  @Test
  void lineBreaksAreCharactersLikeOthers() {
    assertThat(new Fnmatch("a?*").matches("a\nb")).isTrue();
  }

  /** Patterns with sets of all kinds, half of them made from the name: see fnmatch.py. */
  @Test
  void randomPatternsMatchAsPythonSays() throws Exception {
    byte[] json = Files.readAllBytes(TestData.golden().resolve("fnmatch.json"));
    List<String> wrong = new ArrayList<>();
    List<Json> cases = ((Json.Arr) JsonParser.parse(json)).items();
    for (Json item : cases) {
      List<Json> triple = ((Json.Arr) item).items();
      String pattern = ((Json.Str) triple.get(0)).value();
      String name = ((Json.Str) triple.get(1)).value();
      if (new Fnmatch(pattern).matches(name) != ((Json.Bool) triple.get(2)).value()) {
        wrong.add(pattern + "  " + name + "  " + triple.get(2));
      }
    }

    assertThat(cases).hasSize(2000);
    assertThat(wrong).isEmpty();
  }

  @Test
  void manyStarsTakeNoLongerThanOne() {
    String name = "a".repeat(2000);

    assertTimeout(
        Duration.ofSeconds(2),
        () -> assertThat(new Fnmatch("*a".repeat(200) + "*b*").matches(name)).isFalse());
  }
}
