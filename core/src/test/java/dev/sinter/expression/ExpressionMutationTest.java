/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.expression;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.json.JsonSyntaxException;
import dev.sinter.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class ExpressionMutationTest {
  private static final int RUNS = 5_000;

  private static final List<String> VALID =
      List.of(
          "start + (end - start) / 2 ** -n",
          "math.floor(sqrt(end) * 1.5e3) // 7 % -3",
          "'re:' + text + str(n) if n >= 4 and not flag else \"lm_head\"",
          "max([n, x, -neg], 2) if False else min(items) or None",
          "round(log(end, 2) + math.pi, 2) == 6.46 != True",
          "sum([1, 2.5, big]) + len('a\\'b') - int('12') ** pow(2, 3)");

  private static final String[] PIECES = {
    "(",
    ")",
    "[",
    "]",
    ",",
    ".",
    "'",
    "\"",
    "\\",
    "**",
    "//",
    "%",
    "-",
    "+",
    "<",
    "==",
    "=",
    "!",
    " if ",
    " else ",
    " and ",
    "not ",
    " or ",
    "math.",
    "sqrt(",
    "min(",
    "int(",
    "str(",
    "round(",
    "1e308",
    "1e999",
    "9223372036854775807",
    "0",
    "0.0",
    "-1",
    "_",
    "1_",
    "0x",
    "True",
    "None",
    "n",
    "items",
    "text",
    "big",
    "x",
    "unknown",
    "lambda",
    "__a",
    "\n",
    "\t",
    "\u0000",
    "\uD800",
    "\uD83D\uDE00",
    "\u00E9",
    "\u0663",
    "eval(",
    "9**9",
    "((((((((((((((((",
    "-----------------",
  };

  private static String mutated(Random random) {
    StringBuilder text = new StringBuilder(VALID.get(random.nextInt(VALID.size())));
    for (int edits = 1 + random.nextInt(4); edits > 0 && !text.isEmpty(); edits--) {
      int at = random.nextInt(text.length());
      int end = Math.min(text.length(), at + 1 + random.nextInt(8));
      switch (random.nextInt(4)) {
        case 0 -> text.delete(at, end);
        case 1 -> text.insert(at, text.substring(at, end));
        case 2 -> text.setCharAt(at, (char) random.nextInt(0x180));
        default -> text.insert(at, piece(random));
      }
    }
    return text.toString();
  }

  private static String piece(Random random) {
    return PIECES[random.nextInt(PIECES.length)];
  }

  private static String pieces(Random random) {
    StringBuilder text = new StringBuilder();
    for (int count = random.nextInt(random.nextInt(20) == 0 ? 200 : 8); count > 0; count--) {
      text.append(piece(random));
    }
    return text.toString();
  }

  /** How many texts are refused; the others have a value that is JSON. */
  private static int refused(Function<Random, String> source, Function<String, Json> reader) {
    Random random = new Random(20240601);
    int refused = 0;
    for (int run = 0; run < RUNS; run++) {
      String text = source.apply(random);
      try {
        String json = JsonWriter.ascii(reader.apply(text));
        JsonParser.parse(json.getBytes(StandardCharsets.UTF_8));
      } catch (ExpressionException e) {
        refused++;
        assertThat(e.offset()).as(text).isBetween(0, text.length());
        assertThat(e.getMessage()).as(text).isNotBlank().hasSizeLessThan(1300);
      } catch (JsonSyntaxException | RuntimeException e) {
        throw new AssertionError("Not a value and not an ExpressionException: " + text, e);
      }
    }
    return refused;
  }

  private static void assertSomeRefused(
      Function<Random, String> source, Function<String, Json> reader, int least, int most) {
    int refused = Assertions.assertTimeout(Duration.ofSeconds(20), () -> refused(source, reader));
    assertThat(refused).isBetween(least, most);
  }

  @Test
  void anyMutationHasAValueOrAnErrorInsideTheText() {
    assertSomeRefused(ExpressionMutationTest::mutated, ExpressionTest::value, 1_000, 4_900);
  }

  @Test
  void anyPiecesHaveAValueOrAnErrorInsideTheText() {
    assertSomeRefused(ExpressionMutationTest::pieces, ExpressionTest::value, 1_000, 4_990);
  }

  @Test
  void anyTextAroundCallsIsReplacedOrRefused() {
    assertSomeRefused(
        random -> pieces(random) + "eval(" + mutated(random) + ")" + pieces(random),
        text -> EvalText.replace(text, ExpressionTest::given),
        1_000,
        4_990);
  }
}
