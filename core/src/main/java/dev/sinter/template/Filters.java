/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.problem.Nearest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What can stand behind a |. */
final class Filters {
  /** What Jinja has besides these, for pages and not for chats, or different at each run. */
  private static final Set<String> REFUSED =
      Set.of("filesizeformat", "pprint", "random", "striptags", "urlize", "wordwrap", "xmlattr");

  private static final Map<String, Builtin> ALL = new LinkedHashMap<>();

  static {
    ALL.putAll(TextFilters.ALL);
    ALL.putAll(ValueFilters.ALL);
    ALL.putAll(ListFilters.ALL);
    ALL.putAll(ChoiceFilters.ALL);
  }

  private Filters() {}

  static boolean exists(String name) {
    return ALL.containsKey(name);
  }

  static Builtin named(String name) {
    return Optional.ofNullable(ALL.get(name)).orElseThrow(() -> new Fault(unknown(name)));
  }

  /** What to say of a filter that there is not. */
  static String unknown(String name) {
    return REFUSED.contains(name)
        ? "Templates here have no filter " + name
        : "There is no filter named " + name + "." + Nearest.hint(name, ALL.keySet());
  }
}
