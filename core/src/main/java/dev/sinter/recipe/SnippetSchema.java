/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.problem.Nearest;
import dev.sinter.problem.Place;
import dev.sinter.problem.Problems;
import dev.sinter.yaml.YamlNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a snippet says that it holds, in a comment at its head: {@code # modelopt-schema: NAME}. */
enum SnippetSchema {
  ATTRIBUTES("modelopt.torch.quantization.config.QuantizerAttributeConfig", "a map"),
  RULE("modelopt.torch.quantization.config.QuantizerCfgEntry", "a map"),
  RULES("modelopt.torch.quantization.config.QuantizerCfgListConfig", "a list"),
  QUANTIZE("modelopt.torch.quantization.config.QuantizeConfig", "a map"),
  PATTERNS("modelopt.recipe.config.LayerPatternList", "a list"),
  AUTO_QUANTIZE("modelopt.recipe.config.ModelOptAutoQuantizeRecipe", "a map");

  private static final Pattern COMMENT = Pattern.compile("\\s*#\\s*modelopt-schema:\\s*(\\S+)\\s*");

  private final String name;
  private final String form;

  SnippetSchema(String name, String form) {
    this.name = name;
    this.form = form;
  }

  /**
   * Holds a snippet against what its head says; a head that says nothing is told.
   *
   * @param ways how one came to the snippet
   */
  static void check(
      RecipeText file,
      List<String> ways,
      YamlNode content,
      Dialect dialect,
      Problems problems,
      Consumer<String> notes) {
    List<Place> places = new ArrayList<>();
    List<String> names = new ArrayList<>();
    int number = 0;
    for (String line : file.text().lines().toList()) {
      number++;
      if (!line.isBlank() && !line.stripLeading().startsWith("#")) {
        break;
      }
      Matcher comment = COMMENT.matcher(line);
      if (comment.matches()) {
        places.add(new Place(file.name(), number, line.indexOf('#') + 1, line, ways));
        names.add(comment.group(1));
      }
    }
    if (names.size() > 1) {
      problems.add(places.get(1), "modelopt-schema stands twice; keep one");
    } else if (names.isEmpty()) {
      absent(file, dialect, problems, notes);
    } else {
      check(names.get(0), places.get(0), content, problems);
    }
  }

  private static void absent(
      RecipeText file, Dialect dialect, Problems problems, Consumer<String> notes) {
    String advice =
        " has no comment # modelopt-schema: NAME at its head; ModelOpt of today asks for it of"
            + " every file that is imported";
    if (dialect == Dialect.STRICT_MODELOPT) {
      problems.add(Place.of(file.name()), "this file" + advice);
    } else {
      notes.accept(file.name() + advice);
    }
  }

  private static void check(String name, Place place, YamlNode content, Problems problems) {
    Optional<SnippetSchema> schema =
        Arrays.stream(values()).filter(known -> known.name.equals(name)).findFirst();
    if (schema.isEmpty()) {
      List<String> known = Arrays.stream(values()).map(value -> value.name).toList();
      String hint = Nearest.hint(name, known);
      problems.add(
          place,
          "there is no schema \""
              + name
              + "\"."
              + (hint.isEmpty() ? " There are: " + String.join(", ", known) : hint));
    } else if (!content.kind().equals(schema.get().form)) {
      problems.add(
          place,
          "this file says that it holds "
              + schema.get().form
              + " ("
              + name
              + "), and it is "
              + content.kind());
    }
  }
}
