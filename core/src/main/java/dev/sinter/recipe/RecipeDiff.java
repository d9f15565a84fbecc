/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.yaml.YamlWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where two configurations differ, by path. Items of lists are held against each other in the order
 * that leaves the most of them equal, so that a rule more does not move all that follow.
 */
public final class RecipeDiff {
  private static final String NOTHING = "(nothing)";

  private final List<String> lines = new ArrayList<>();

  private RecipeDiff() {}

  /** A line for each difference, as in "quantize.algorithm: max -> mse"; none if they are equal. */
  public static List<String> of(Json before, Json after) {
    RecipeDiff diff = new RecipeDiff();
    diff.compare("", before, after);
    return List.copyOf(diff.lines);
  }

  private void compare(String path, Json before, Json after) {
    if (before.equals(after)) {
      return;
    }
    if (before instanceof Json.Obj first && after instanceof Json.Obj second) {
      Set<String> names = new LinkedHashSet<>(first.members().keySet());
      names.addAll(second.members().keySet());
      for (String name : names) {
        String below = path.isEmpty() ? name : path + "." + name;
        if (!second.members().containsKey(name)) {
          say(below, text(first.members().get(name)), NOTHING);
        } else if (!first.members().containsKey(name)) {
          say(below, NOTHING, text(second.members().get(name)));
        } else {
          compare(below, first.members().get(name), second.members().get(name));
        }
      }
    } else if (before instanceof Json.Arr first && after instanceof Json.Arr second) {
      compareItems(path, first.items(), second.items());
    } else {
      say(path, text(before), text(after));
    }
  }

  private void compareItems(String path, List<Json> before, List<Json> after) {
    int[][] common = common(before, after);
    int i = 0;
    int j = 0;
    while (i < before.size() || j < after.size()) {
      if (i < before.size() && j < after.size() && before.get(i).equals(after.get(j))) {
        i++;
        j++;
        continue;
      }
      // What lies between two items that both have: pairs as far as there are such, then the rest.
      int endI = i;
      int endJ = j;
      while (endI < before.size() || endJ < after.size()) {
        boolean equal =
            endI < before.size() && endJ < after.size() && before.get(endI).equals(after.get(endJ));
        if (equal) {
          break;
        }
        if (endJ >= after.size()
            || (endI < before.size() && common[endI + 1][endJ] >= common[endI][endJ + 1])) {
          endI++;
        } else {
          endJ++;
        }
      }
      for (; i < endI && j < endJ; i++, j++) {
        compare(path + "[" + i + "]", before.get(i), after.get(j));
      }
      for (; i < endI; i++) {
        say(path + "[" + i + "]", text(before.get(i)), NOTHING);
      }
      for (; j < endJ; j++) {
        say(path + "[" + j + "]", NOTHING, text(after.get(j)));
      }
    }
  }

  /** [i][j]: how many items the lists from i and from j on have in common, in order. */
  private static int[][] common(List<Json> before, List<Json> after) {
    int[][] common = new int[before.size() + 1][after.size() + 1];
    for (int i = before.size() - 1; i >= 0; i--) {
      for (int j = after.size() - 1; j >= 0; j--) {
        common[i][j] =
            before.get(i).equals(after.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    return common;
  }

  private void say(String path, String before, String after) {
    lines.add((path.isEmpty() ? "" : path + ": ") + before + " -> " + after);
  }

  /** A value in one line; a text has quotes only where it would be read as something else. */
  private static String text(Json value) {
    if (value instanceof Json.Str text && !text.value().contains("\n")) {
      return YamlWriter.write(value).strip();
    }
    return JsonWriter.compact(value);
  }
}
