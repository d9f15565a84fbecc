/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.problem.Place;
import dev.sinter.problem.Problems;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlReader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The YAML of a recipe's file: of JSON, and of Markdown that begins with it, too. */
final class RecipeDocuments {
  private RecipeDocuments() {}

  static List<YamlNode> read(RecipeText file, Problems problems, Consumer<String> notes) {
    String text = file.text();
    if (text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    if (file.endsWith(".md")) {
      text = frontMatter(file, text, problems);
    } else if (file.endsWith(".json") || text.stripLeading().startsWith("{")) {
      text = withoutTabs(text);
    }
    return YamlReader.read(file.name(), text, problems, notes);
  }

  /** The lines between the first two rulers; empty lines in their place keep the line numbers. */
  private static String frontMatter(RecipeText file, String text, Problems problems) {
    List<String> lines = text.lines().toList();
    int first = 0;
    while (first < lines.size() && lines.get(first).isBlank()) {
      first++;
    }
    String ruler = first < lines.size() ? lines.get(first).strip() : "";
    if (!ruler.equals("---") && !ruler.equals("+++")) {
      problems.add(
          Place.of(file.name()),
          "a recipe in Markdown stands at the file's start, between two lines of ---");
      return "";
    }
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (i > first && lines.get(i).strip().equals(ruler)) {
        return String.join("\n", kept);
      }
      kept.add(i <= first ? "" : lines.get(i));
    }
    problems.add(
        Place.in(file.name(), first + 1, 1, lines.get(first)),
        "the recipe that begins here has no end: a second line of " + ruler);
    return "";
  }

  /** JSON may be indented by tabs, which YAML takes nowhere; within texts JSON has none. */
  private static String withoutTabs(String json) {
    return json.replace('\t', ' ');
  }
}
