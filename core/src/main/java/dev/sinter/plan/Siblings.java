/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.ModuleInfo.Reach;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Modules that stay as they are although their like in other layers are quantized. */
final class Siblings {
  private static final Pattern NUMBER = Pattern.compile("\\.\\d+(?=\\.|$)");

  private Siblings() {}

  static void sayLeft(List<ModuleRow> rows, List<String> notices) {
    Map<String, List<ModuleRow>> kinds = new LinkedHashMap<>();
    rows.stream()
        .filter(row -> row.source().isPresent() && row.module().reach() == Reach.CLASS)
        .forEach(
            row ->
                kinds
                    .computeIfAbsent(kind(row.module().name()), key -> new ArrayList<>())
                    .add(row));
    kinds.forEach(
        (kind, members) -> {
          List<ModuleRow> left =
              members.stream().filter(row -> row.plan().isEmpty() && !isHeld(row)).toList();
          if (!left.isEmpty() && members.stream().anyMatch(row -> row.plan().isPresent())) {
            notices.add(
                left.size()
                    + " of "
                    + members.size()
                    + " modules "
                    + kind
                    + " stay as they are, such as "
                    + left.get(0).module().name()
                    + ": no rule means them, and rules mean the others");
          }
        });
  }

  /** Whether a rule says that it stays. */
  private static boolean isHeld(ModuleRow row) {
    return row.why().startsWith("ignore ") || row.why().startsWith("rule ");
  }

  /** A name with its numbers left open. */
  static String kind(String name) {
    return NUMBER.matcher(name).replaceAll(".*");
  }
}
