/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What decides the bytes of a result: the model, the recipe, the data and the settings. Two runs of
 * one identity give the same checkpoint, so a finished one need not run again and an unfinished one
 * can go on.
 */
public record Identity(Json.Obj json) {
  /** How many differences are told, and how much of a value. */
  private static final int MOST = 8;

  private static final int LONGEST = 80;

  /**
   * What differs from another identity, a line each: where, what stands there, and what is asked
   * for.
   */
  public List<String> differencesFrom(Identity other) {
    Map<String, String> ours = flat(json);
    Map<String, String> theirs = flat(other.json);
    List<String> differences = new ArrayList<>();
    TreeMap<String, String> all = new TreeMap<>(theirs);
    all.putAll(ours);
    for (String key : all.keySet()) {
      String found = theirs.getOrDefault(key, "nothing");
      String asked = ours.getOrDefault(key, "nothing");
      if (!found.equals(asked)) {
        differences.add(key + ": there " + cut(found) + ", asked for " + cut(asked));
      }
    }
    if (differences.size() <= MOST) {
      return differences;
    }
    List<String> first = new ArrayList<>(differences.subList(0, MOST));
    first.add("and " + (differences.size() - MOST) + " more differences");
    return first;
  }

  private static String cut(String value) {
    return value.length() <= LONGEST ? value : value.substring(0, LONGEST) + "...";
  }

  private static Map<String, String> flat(Json.Obj object) {
    Map<String, String> flat = new TreeMap<>();
    flatten("", object, flat);
    return flat;
  }

  /**
   * Paths to plain values; the order of an object's members does not count, that of a list does.
   */
  private static void flatten(String path, Json value, Map<String, String> into) {
    if (value instanceof Json.Obj object) {
      object
          .members()
          .forEach(
              (name, member) -> flatten(path.isEmpty() ? name : path + "." + name, member, into));
    } else if (value instanceof Json.Arr array && !array.items().isEmpty()) {
      for (int i = 0; i < array.items().size(); i++) {
        flatten(path + "[" + i + "]", array.items().get(i), into);
      }
    } else {
      into.put(path, JsonWriter.compact(value));
    }
  }
}
