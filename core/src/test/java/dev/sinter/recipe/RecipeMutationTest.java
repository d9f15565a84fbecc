/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.modifier.ModifierRegistry;
import dev.sinter.problem.RequestException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class RecipeMutationTest {
  private static final String VALID =
      """
      version: 1.0.0
      metadata: {domain: nlp, tags: [a, b]}
      quant_stage:
        run_type: oneshot
        quant_modifiers:
          GPTQModifier:
            targets: [Linear, "re:.*_proj$"]
            ignore: &skip ["lm_head"]
            scheme: W4A16
            block_size: 128
            dampening_frac: 1.0e-2
            actorder: static
          QuantizationModifier: {targets: lm_head, scheme: 'W8A8', ignore: *skip}
      """;

  private static final String[] PIECES = {
    "\t",
    "\n",
    "  ",
    ": ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "&a ",
    "*a",
    "*skip",
    "!!python/tuple ",
    "!!binary ",
    "!!set ",
    "!!int ",
    "!!bool ",
    "!!null ",
    "!!float ",
    "<<: ",
    "%YAML 9.9\n---\n",
    "%TAG ! !x\n",
    "---\n",
    "...\n",
    "|\n",
    ">-\n",
    "\"",
    "'",
    "\\",
    "\"\\U00110000\"",
    "\"\\ud800\"",
    "\u0000",
    "\uD800",
    "\uFEFF",
    "? ",
    "~",
    "null",
    "true",
    ".inf",
    ".nan",
    "-",
    "0x1F",
    "010",
    "1_000",
    "99999999999999999999",
    "1e999",
    "12:30:45",
    "2020-01-01",
    "=",
    "#",
    "@",
    "`",
    "re:(",
  };

  private static String mutated(Random random) {
    StringBuilder text = new StringBuilder(VALID);
    for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
      int at = random.nextInt(text.length());
      int end = Math.min(text.length(), at + 1 + random.nextInt(12));
      switch (random.nextInt(4)) {
        case 0 -> text.delete(at, end);
        case 1 -> text.insert(at, text.substring(at, end));
        case 2 ->
            text.setCharAt(at, (char) (random.nextInt(10) == 0 ? random.nextInt(0x300) : ' '));
        default -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
      }
    }
    return text.toString();
  }

  @Test
  void anyTextIsARecipeOrProblemsThatNameTheFile() {
    ModifierRegistry registry = new ModifierRegistry();
    Random random = new Random(20240601);
    int refused = 0;
    for (int run = 0; run < 1_000; run++) {
      String text = mutated(random);
      try {
        Recipe recipe =
            Assertions.assertTimeout(Duration.ofSeconds(5), () -> Recipes.parse("r.yaml", text));
        assertThat(recipe.modifiers()).isNotEmpty();
      } catch (RequestException e) {
        refused++;
        assertThat(e.problems()).isNotEmpty().allMatch(problem -> problem.startsWith("r.yaml:"));
      }
    }
    assertThat(refused).isBetween(100, 1_000);
  }
}
