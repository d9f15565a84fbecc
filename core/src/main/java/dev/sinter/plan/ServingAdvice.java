/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.quantization.QuantizationScheme;
import dev.sinter.quantization.Strategy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What of a plan may trouble those who serve the result. */
final class ServingAdvice {
  /** Modules whose columns tensor parallelism deals out. */
  private static final Set<String> BY_COLUMNS =
      Set.of("o_proj", "down_proj", "w2", "out_proj", "fc2", "c_proj", "dense_4h_to_h");

  private static final int[] WAYS = {2, 4, 8};

  private ServingAdvice() {}

  /** What is fused and represented in several ways, or in part not at all. */
  static void sayMixed(List<ModuleRow> rows, FusedSets fused, List<String> notices) {
    Map<String, ModuleRow> byName = new LinkedHashMap<>();
    rows.stream()
        .filter(row -> row.source().isPresent())
        .forEach(row -> byName.put(row.module().name(), row));
    Map<String, List<String>> mixed = new LinkedHashMap<>();
    for (List<String> set : fused.among(byName.keySet())) {
      Set<String> schemes = new TreeSet<>();
      for (String module : set) {
        schemes.add(
            byName
                .get(module)
                .plan()
                .map(ModulePlan::scheme)
                .map(QuantizationScheme::name)
                .orElse("as it is"));
      }
      if (schemes.size() > 1) {
        mixed
            .computeIfAbsent(String.join(" and ", schemes), key -> new ArrayList<>())
            .add(String.join(", ", set));
      }
    }
    mixed.forEach(
        (schemes, sets) ->
            notices.add(
                sets.get(0)
                    + (sets.size() == 1 ? "" : " (and " + (sets.size() - 1) + " more such sets)")
                    + " are one matrix to clients such as vLLM, and have different schemes here: "
                    + schemes));
  }

  /** Groups that tensor parallelism would cut. */
  static List<String> tensorParallelism(List<ModulePlan> plans) {
    Map<String, String> advice = new LinkedHashMap<>();
    for (ModulePlan plan : plans) {
      String last = plan.module().substring(plan.module().lastIndexOf('.') + 1);
      Strategy strategy = plan.scheme().weights().strategy();
      long group =
          plan.scheme()
              .weights()
              .groupSize()
              .orElse(strategy instanceof Strategy.Block block ? (long) block.columns() : 0L);
      long columns = plan.weight().columns();
      List<String> ways = new ArrayList<>();
      for (int way : WAYS) {
        if (group > 0 && columns % way == 0 && columns / way % group != 0) {
          ways.add(String.valueOf(way));
        }
      }
      if (BY_COLUMNS.contains(last) && !ways.isEmpty()) {
        advice.putIfAbsent(
            last + group + columns,
            last
                + " has "
                + columns
                + " columns in groups of "
                + group
                + ": tensor parallelism of "
                + String.join(", ", ways)
                + " would cut a group, and servers refuse that");
      }
    }
    return List.copyOf(advice.values());
  }
}
