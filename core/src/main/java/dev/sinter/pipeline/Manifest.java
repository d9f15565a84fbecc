/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.json.Json;
import dev.sinter.plan.ModulePlan;
import dev.sinter.plan.Plan;
import dev.sinter.session.Identity;
import dev.sinter.task.SolvedUnit;
import dev.sinter.task.SolvedUnit.ModuleFigures;
import dev.sinter.tensor.Torch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What sinter.json says of a run, beside the digest: its identity, what was used, and figures of
 * each module.
 */
final class Manifest {
  private Manifest() {}

  static Json.Obj json(
      Identity identity,
      Plan plan,
      Collection<SolvedUnit> units,
      List<String> notices,
      Stopwatch times) {
    TreeSet<String> platforms = new TreeSet<>();
    units.forEach(unit -> platforms.add(unit.platform()));
    return Json.object(
        "version", version(),
        "identity", identity.json(),
        "libraries", Torch.description(),
        "platforms", platforms,
        "modules", modules(plan, units),
        "notices", notices,
        "seconds", times.seconds());
  }

  static String version() {
    return Optional.ofNullable(Manifest.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  /** Figures of blocks of rows add up to those of their module. */
  private static List<Json> modules(Plan plan, Collection<SolvedUnit> units) {
    Map<String, Map<String, Object>> figures = new TreeMap<>();
    Map<String, Map<Long, String>> checksums = new TreeMap<>();
    for (SolvedUnit unit : units) {
      for (ModuleFigures block : unit.modules()) {
        Map<String, Object> sums = figures.computeIfAbsent(block.module(), key -> new TreeMap<>());
        block
            .figures()
            .forEach((name, value) -> sums.merge(name, value, (a, b) -> (double) a + (double) b));
        checksums
            .computeIfAbsent(block.module(), key -> new TreeMap<>())
            .put(block.firstRow(), block.sourceCrc32c());
      }
    }
    List<Json> rows = new ArrayList<>();
    for (ModulePlan module : plan.modules()) {
      rows.add(
          Json.object(
              "module", module.module(),
              "scheme", module.scheme().name(),
              "decided_by", module.decidedBy(),
              "source_crc32c", checksums.getOrDefault(module.module(), Map.of()).values(),
              "figures", figures.getOrDefault(module.module(), Map.of())));
    }
    return rows;
  }
}
