/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.problem.Problems;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Values for a recipe's args, as flags give them: {@code a=1 b=2}, or {@code "a=1 b=2"}. */
final class RecipeArgs {
  private static final Pattern PAIR = Pattern.compile("[A-Za-z_]\\w*=\\S*");

  private RecipeArgs() {}

  static Map<String, String> parse(List<String> given) {
    Problems problems = new Problems();
    Map<String, String> args = new LinkedHashMap<>();
    for (String text : given) {
      List<String> words = Arrays.asList(text.strip().split("\\s+"));
      boolean several =
          words.size() > 1 && words.stream().allMatch(word -> PAIR.matcher(word).matches());
      if (several) {
        // The peer's help has commas between them.
        words.forEach(word -> add(word.replaceFirst(",$", ""), args, problems));
      } else {
        add(text.strip(), args, problems);
      }
    }
    problems.throwIfAny();
    return args;
  }

  private static void add(String pair, Map<String, String> args, Problems problems) {
    int equals = pair.indexOf('=');
    if (equals <= 0) {
      problems.add("--recipe-args " + pair + ": write a name, = and a value, as in block_size=64");
    } else {
      args.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
    }
  }
}
