/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

import dev.sinter.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What decides the bytes of a result: the model, the recipe, the data and the settings. Two runs of
 * one identity give the same checkpoint, so a finished one need not run again and an unfinished one
 * can go on.
 */
public record Identity(Json.Obj json) {
  /** How many differences are told. */
  private static final int MOST = 8;

  /** What an identity is called as a part of another. */
  private static final String PART = "identity";

  /**
   * What differs from another identity, a line each: what it is, what stands there, and what is
   * asked for.
   */
  public List<String> differencesFrom(Identity other) {
    Map<List<String>, Json> ours = flat(json);
    Map<List<String>, Json> theirs = flat(other.json);
    Set<List<String>> all = new LinkedHashSet<>(ours.keySet());
    all.addAll(theirs.keySet());
    Set<String> lines = new LinkedHashSet<>();
    for (List<String> path : all) {
      Json found = theirs.getOrDefault(path, new Json.Null());
      Json asked = ours.getOrDefault(path, new Json.Null());
      if (!found.equals(asked)) {
        lines.add(IdentityWords.line(path, found, asked, whole()));
      }
    }
    List<String> differences = new ArrayList<>(lines);
    if (differences.size() <= MOST) {
      return differences;
    }
    List<String> first = new ArrayList<>(differences.subList(0, MOST));
    first.add("and " + (differences.size() - MOST) + " more differences");
    return first;
  }

  /** The identity itself, where it is a part of what is compared. */
  private Json.Obj whole() {
    return json.members().get(PART) instanceof Json.Obj part ? part : json;
  }

  /**
   * Paths to plain values; the order of an object's members does not count, that of a list does.
   */
  private static Map<List<String>, Json> flat(Json.Obj object) {
    Map<List<String>, Json> flat = new LinkedHashMap<>();
    flatten(List.of(), object, flat);
    return flat;
  }

  private static void flatten(List<String> path, Json value, Map<List<String>, Json> into) {
    if (value instanceof Json.Obj object) {
      object.members().forEach((name, member) -> flatten(inside(path, name), member, into));
    } else if (value instanceof Json.Arr array) {
      for (int i = 0; i < array.items().size(); i++) {
        flatten(inside(path, "[" + i + "]"), array.items().get(i), into);
      }
    } else {
      into.put(path, value);
    }
  }

  private static List<String> inside(List<String> path, String name) {
    if (path.isEmpty() && name.equals(PART)) {
      return path;
    }
    List<String> longer = new ArrayList<>(path);
    longer.add(name);
    return List.copyOf(longer);
  }
}
