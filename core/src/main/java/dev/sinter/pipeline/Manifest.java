/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.hub.Origin;
import dev.sinter.json.Json;
import dev.sinter.plan.ModulePlan;
import dev.sinter.plan.Plan;
import dev.sinter.plan.SmoothingPlan;
import dev.sinter.recipe.RecipeWriter;
import dev.sinter.session.Identity;
import dev.sinter.session.TokenFile;
import dev.sinter.task.SmoothUnit;
import dev.sinter.task.SolvedUnit;
import dev.sinter.task.SolvedUnit.ModuleFigures;
import dev.sinter.tensor.Torch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What sinter.json says of a run, beside the digest: its identity, the resolved recipe, what was
 * used, and figures of each module.
 */
final class Manifest {
  private Manifest() {}

  /** The model's location is told where it is a hub's, which is the same on every machine. */
  static Json.Obj json(
      Identity identity,
      String model,
      Plan plan,
      Optional<TokenFile> tokens,
      Collection<SolvedUnit> units,
      List<String> notices,
      Stopwatch times,
      List<Json.Obj> steps) {
    TreeSet<String> platforms = new TreeSet<>();
    units.forEach(unit -> platforms.add(unit.platform()));
    return Json.object(
        "version", version(),
        "identity", identity.json(),
        "source", Origin.of(model).map(Origin::json).orElse(null),
        "recipe", RecipeWriter.json(plan.recipe()),
        "data", tokens.map(Manifest::data).orElse(null),
        "libraries", Torch.description(),
        "device", Torch.DEVICE,
        "platforms", platforms,
        "modules", modules(plan, units),
        "smoothed", smoothed(plan, units),
        "notices", notices,
        "seconds", times.seconds(),
        "steps", steps);
  }

  /** What was read, and what of it calibrated. */
  private static Json.Obj data(TokenFile tokens) {
    return Json.object(
        "rows_read", tokens.rows(),
        "samples", tokens.samples().size(),
        "tokens", tokens.tokens());
  }

  static String version() {
    return Optional.ofNullable(Manifest.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  /** The pairs that were smoothed, in their order. */
  private static List<Json> smoothed(Plan plan, Collection<SolvedUnit> units) {
    Map<String, ModuleFigures> figures = figures(units);
    List<Json> rows = new ArrayList<>();
    for (SmoothingPlan smoothing : plan.smoothings()) {
      ModuleFigures found = figures.get(SmoothUnit.figuresName(smoothing));
      rows.add(
          Json.object(
              "producer", smoothing.pair().producer(),
              "linears", smoothing.pair().linears(),
              "figures", new TreeMap<>(found.figures())));
    }
    return rows;
  }

  private static Map<String, ModuleFigures> figures(Collection<SolvedUnit> units) {
    Map<String, ModuleFigures> figures = new HashMap<>();
    units.forEach(unit -> unit.modules().forEach(module -> figures.put(module.module(), module)));
    return figures;
  }

  private static List<Json> modules(Plan plan, Collection<SolvedUnit> units) {
    Map<String, ModuleFigures> figures = figures(units);
    List<Json> rows = new ArrayList<>();
    for (ModulePlan module : plan.modules()) {
      ModuleFigures found = figures.get(module.module());
      rows.add(
          Json.object(
              "module", module.module(),
              "scheme", module.scheme().name(),
              "decided_by", module.decidedBy(),
              "source_crc32c", found.sourceCrc32c(),
              "figures", new TreeMap<>(found.figures())));
    }
    return rows;
  }
}
