/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.smoothing;

import dev.sinter.graph.Attention;
import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.SmoothingPair;
import dev.sinter.graph.SmoothingPairs;
import dev.sinter.modifier.Smoothing;
import dev.sinter.modifier.smoothing.MappedSets.MappedSet;
import dev.sinter.modifier.smoothing.PairSettings.Meant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The pairs that mappings name. One that is no pair of the graph would change the model and is a
 * problem; but values that query heads share are passed over, as the peers do it.
 */
final class MappedPairs {
  private final SmoothingPairs graph;
  private final List<ModuleInfo> modules;
  private final Meant meant;
  private final Set<SmoothingPair> chosen = new LinkedHashSet<>();

  /** What is said, with the modules that it is said of: layers have the same fault. */
  private final Map<String, List<String>> notices = new LinkedHashMap<>();

  private final Map<String, List<String>> problems = new LinkedHashMap<>();
  private final List<String> others = new ArrayList<>();

  MappedPairs(SmoothingPairs graph, List<ModuleInfo> modules, Meant meant) {
    this.graph = graph;
    this.modules = modules;
    this.meant = meant;
  }

  Smoothing.Choice of(List<MappingRule> mappings) {
    for (MappingRule mapping : mappings) {
      for (MappedSet set : MappedSets.of(mapping, modules, others::add)) {
        take(mapping, set);
      }
    }
    List<String> told = new ArrayList<>(others);
    told.addAll(said(problems));
    List<String> noted = said(notices);
    mappings.stream()
        .filter(mapping -> mapping.hook().isPresent())
        .forEach(mapping -> noted.add(hook(mapping)));
    return new Smoothing.Choice(List.copyOf(chosen), noted, told);
  }

  private static String hook(MappingRule mapping) {
    return mapping.text()
        + ": activation_hook_target "
        + mapping.hook().orElseThrow()
        + " is not looked at: what these modules read is known from the model's graph";
  }

  private void take(MappingRule mapping, MappedSet set) {
    String smoothed = set.smoothed().get(0);
    if (set.smoothed().size() > 1) {
      tell(
          problems,
          mapping,
          smoothed,
          " means several modules to be smoothed where one can be: "
              + kinds(new LinkedHashSet<>(set.smoothed())));
      return;
    }
    List<SmoothingPair> pairs =
        graph.pairs().stream()
            .filter(pair -> pair.producer().equals(smoothed))
            .filter(pair -> set.balanced().stream().anyMatch(readers(pair)::contains))
            .toList();
    if (pairs.isEmpty()) {
      refuse(mapping, smoothed, set.balanced());
    } else {
      take(mapping, pairs.get(0), set.balanced());
    }
  }

  private static Set<String> readers(SmoothingPair pair) {
    Set<String> readers = new LinkedHashSet<>(pair.linears());
    readers.addAll(pair.routers());
    return readers;
  }

  private void take(MappingRule mapping, SmoothingPair pair, List<String> balanced) {
    Set<String> unread = new LinkedHashSet<>(balanced);
    unread.removeAll(readers(pair));
    Set<String> unnamed = new LinkedHashSet<>(pair.linears());
    unnamed.removeAll(new HashSet<>(balanced));
    if (!unread.isEmpty()) {
      tell(
          problems,
          mapping,
          pair.producer(),
          " would change the model, since what is smoothed does not reach "
              + kinds(unread)
              + "; leave that out");
    }
    if (!unnamed.isEmpty()) {
      tell(
          problems,
          mapping,
          pair.producer(),
          " would change the model, since what is smoothed is also read by "
              + kinds(unnamed)
              + "; add that");
    }
    if (unread.isEmpty() && unnamed.isEmpty() && meant.includes(pair) && !chosen.add(pair)) {
      tell(problems, mapping, pair.producer(), " means what another mapping means; write it once");
    }
  }

  private void refuse(MappingRule mapping, String smoothed, List<String> balanced) {
    String why =
        balanced.stream()
            .flatMap(linear -> graph.obstacle(linear).stream())
            .findFirst()
            .orElseGet(() -> elsewhere(balanced));
    boolean shared = why.contains(Attention.SHARED_VALUES);
    tell(
        shared ? notices : problems,
        mapping,
        smoothed,
        (shared ? " is passed over: " : " would change the model: ") + why);
  }

  private String elsewhere(List<String> balanced) {
    Set<String> producers = new LinkedHashSet<>();
    graph.pairs().stream()
        .filter(pair -> balanced.stream().anyMatch(readers(pair)::contains))
        .forEach(pair -> producers.add(pair.producer()));
    return producers.isEmpty()
        ? "these are no linear modules"
        : "what these modules read is scaled at " + kinds(producers) + "; name that";
  }

  /** The last parts of names: the same in each layer. */
  private static String kinds(Set<String> names) {
    Set<String> kinds = new LinkedHashSet<>();
    names.forEach(name -> kinds.add(name.substring(name.lastIndexOf('.') + 1)));
    return String.join(", ", kinds);
  }

  private static void tell(
      Map<String, List<String>> told, MappingRule mapping, String smoothed, String what) {
    told.computeIfAbsent(mapping.text() + what, key -> new ArrayList<>()).add(smoothed);
  }

  private static List<String> said(Map<String, List<String>> told) {
    List<String> said = new ArrayList<>();
    told.forEach(
        (what, where) ->
            said.add(
                what
                    + " (at "
                    + where.get(0)
                    + (where.size() == 1 ? "" : " and " + (where.size() - 1) + " more")
                    + ")"));
    return said;
  }
}
