/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.smoothing;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.ModuleRule;
import dev.sinter.graph.SmoothingPair;
import dev.sinter.graph.SmoothingPairs;
import dev.sinter.modifier.Smoothing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What settings say of pairs.
 *
 * @param mappings the pairs by name; if not given, those of the model's layers
 * @param targets modules of which a pair must have one; if there are none, any will do
 * @param ignore modules of which a pair must not consist
 */
public record PairSettings(
    Producers producers,
    Optional<List<MappingRule>> mappings,
    List<String> targets,
    List<String> ignore) {
  public PairSettings {
    mappings = mappings.map(List::copyOf);
    targets = List.copyOf(targets);
    ignore = List.copyOf(ignore);
  }

  /** Whose outputs are divided where no mappings are given. */
  public enum Producers {
    NORMS,
    NORMS_AND_LINEARS
  }

  /** The pairs that are meant in a model. */
  public Smoothing.Choice in(SmoothingPairs pairs, List<ModuleInfo> modules) {
    Meant meant = new Meant(this, modules);
    return mappings
        .map(rules -> new MappedPairs(pairs, modules, meant).of(rules))
        .orElseGet(() -> standard(pairs, meant));
  }

  private Smoothing.Choice standard(SmoothingPairs pairs, Meant meant) {
    List<SmoothingPair> chosen = new ArrayList<>();
    List<SmoothingPair> routed = new ArrayList<>();
    for (SmoothingPair pair : pairs.pairs()) {
      if (isStandard(pair, meant) && meant.includes(pair)) {
        (pair.routers().isEmpty() ? chosen : routed).add(pair);
      }
    }
    List<String> notices = new ArrayList<>();
    if (!routed.isEmpty()) {
      SmoothingPair first = routed.get(0);
      notices.add(
          "what "
              + first.producer()
              + (routed.size() == 1 ? "" : " and " + (routed.size() - 1) + " others like it")
              + " put out is not smoothed, since a router reads it ("
              + first.routers().get(0)
              + "); write mappings that name it to have it smoothed and the router scaled");
    }
    boolean some = pairs.pairs().stream().anyMatch(pair -> isStandard(pair, meant));
    return new Smoothing.Choice(
        chosen, notices, some ? List.of() : List.of(nothing(pairs.unpaired())));
  }

  private boolean isStandard(SmoothingPair pair, Meant meant) {
    boolean layer = pair.linears().stream().anyMatch(ModulePath::isInLayer);
    return layer && (producers == Producers.NORMS_AND_LINEARS || !meant.isLinear(pair.producer()));
  }

  private String nothing(Map<String, List<String>> unpaired) {
    StringBuilder why = new StringBuilder("this model has nothing to smooth: no norm ");
    why.append(producers == Producers.NORMS ? "" : "or linear module ");
    why.append("of its layers feeds linear modules alone.");
    unpaired.entrySet().stream()
        .filter(reason -> ModulePath.isInLayer(reason.getValue().get(0)))
        .limit(3)
        .forEach(reason -> why.append(" ").append(said(reason)));
    return why + " Leave the method out";
  }

  private static String said(Map.Entry<String, List<String>> reason) {
    return reason.getValue().get(0) + ": " + reason.getKey() + ".";
  }

  /** Which pairs targets and ignores leave over. */
  static final class Meant {
    private final List<ModuleRule> targets;
    private final List<ModuleRule> ignore;
    private final Map<String, ModuleInfo> modules;

    Meant(PairSettings settings, List<ModuleInfo> modules) {
      this.targets = settings.targets().stream().map(ModuleRule::new).toList();
      this.ignore = settings.ignore().stream().map(ModuleRule::new).toList();
      this.modules = new HashMap<>();
      modules.forEach(module -> this.modules.put(module.name(), module));
    }

    boolean isLinear(String module) {
      String name = info(module).className();
      return name.equals(ModuleInfo.LINEAR) || name.equals(ModuleInfo.CONV1D);
    }

    boolean includes(SmoothingPair pair) {
      return includes(pair.producer()) || pair.linears().stream().anyMatch(this::includes);
    }

    private boolean includes(String module) {
      ModuleInfo info = info(module);
      return (targets.isEmpty() || targets.stream().anyMatch(rule -> rule.matches(info)))
          && ignore.stream().noneMatch(rule -> rule.matches(info));
    }

    private ModuleInfo info(String module) {
      return modules.getOrDefault(module, new ModuleInfo(module, ""));
    }
  }
}
