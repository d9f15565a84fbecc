/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names that differ in one number, as one: model.layers.0..4,6..10. */
final class NameRanges {
  private static final Pattern NUMBER = Pattern.compile("(?<=\\.)\\d+(?=\\.|$)");

  private NameRanges() {}

  /** Names of which several numbers differ have them left open. */
  static String of(List<String> names) {
    String first = names.get(0);
    for (Matcher number = NUMBER.matcher(first); number.find(); ) {
      String before = first.substring(0, number.start());
      String behind = first.substring(number.end());
      Set<Integer> numbers = new LinkedHashSet<>();
      for (String name : names) {
        if (name.startsWith(before) && name.endsWith(behind)) {
          String middle =
              name.substring(before.length(), Math.max(before.length(), name.length() - behind.length()));
          if (middle.matches("\\d{1,9}")) {
            numbers.add(Integer.parseInt(middle));
          }
        }
      }
      if (numbers.size() == names.size()) {
        return before + ranges(numbers) + behind;
      }
    }
    return names.size() == 1 ? first : ModuleRow.kind(first);
  }

  private static String ranges(Set<Integer> numbers) {
    List<String> ranges = new ArrayList<>();
    List<Integer> sorted = numbers.stream().sorted().toList();
    int start = 0;
    for (int i = 1; i <= sorted.size(); i++) {
      if (i == sorted.size() || sorted.get(i) != sorted.get(i - 1) + 1) {
        int low = sorted.get(start);
        int high = sorted.get(i - 1);
        ranges.add(low == high ? String.valueOf(low) : low + ".." + high);
        start = i;
      }
    }
    return String.join(",", ranges);
  }
}
