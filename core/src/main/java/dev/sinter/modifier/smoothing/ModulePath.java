/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.smoothing;

import java.util.List;

/** The parts of modules' names. */
final class ModulePath {
  private ModulePath() {}

  /** The name of the closest module that holds, or is, both. */
  static String common(String a, String b) {
    List<String> left = parts(a);
    List<String> right = parts(b);
    int i = 0;
    while (i < left.size() && i < right.size() && left.get(i).equals(right.get(i))) {
      i++;
    }
    return String.join(".", left.subList(0, i));
  }

  /** Whether it is within one of the modules that repeat, as layers do. */
  static boolean isInLayer(String name) {
    return parts(name).stream().anyMatch(part -> part.matches("\\d+"));
  }

  private static List<String> parts(String name) {
    return name.isEmpty() ? List.of() : List.of(name.split("\\.", -1));
  }
}
