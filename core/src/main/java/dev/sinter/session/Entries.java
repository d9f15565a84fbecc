/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

import dev.sinter.checkpoint.WrittenFile;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import dev.sinter.task.SolvedUnit;
import dev.sinter.task.SolvedUnit.ModuleFigures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The journal's entries and what they stand for. */
final class Entries {
  static final String IDENTITY = "identity";
  static final String TOKENS = "tokens";
  static final String UNIT = "unit";
  static final String ACTIVATIONS = "activations";
  static final String SHARD = "shard";
  static final String STEP = "step";

  private Entries() {}

  static Json.Obj of(SolvedUnit unit) {
    List<Json> modules = new ArrayList<>();
    for (ModuleFigures module : unit.modules()) {
      modules.add(
          Json.object(
              "module", module.module(),
              "source_crc32c", module.sourceCrc32c(),
              "figures", new LinkedHashMap<>(module.figures())));
    }
    return Json.object(
        "id", unit.id(),
        "file", unit.file().name(),
        "size", unit.file().size(),
        "sha256", unit.file().sha256(),
        "modules", modules,
        "parameters", unit.parameters(),
        "seconds", unit.seconds().whole(),
        "write_seconds", unit.seconds().write(),
        "platform", unit.platform());
  }

  static SolvedUnit solvedUnit(Json.Obj entry) {
    List<ModuleFigures> modules = new ArrayList<>();
    for (Json item : ((Json.Arr) entry.members().get("modules")).items()) {
      Json.Obj module = (Json.Obj) item;
      Map<String, Double> figures = new LinkedHashMap<>();
      ((Json.Obj) module.members().get("figures"))
          .members()
          .forEach((name, value) -> figures.put(name, ((Json.Num) value).asDouble()));
      modules.add(
          new ModuleFigures(text(module, "module"), text(module, "source_crc32c"), figures));
    }
    SolvedUnit.Seconds seconds =
        new SolvedUnit.Seconds(real(entry, "seconds"), real(entry, "write_seconds"));
    WrittenFile file =
        new WrittenFile(text(entry, "file"), number(entry, "size"), text(entry, "sha256"));
    List<String> parameters =
        ((Json.Arr) entry.members().get("parameters"))
            .items().stream().map(name -> ((Json.Str) name).value()).toList();
    return new SolvedUnit(
        text(entry, "id"), file, modules, parameters, seconds, text(entry, "platform"));
  }

  static Json.Obj of(StepFigures step) {
    Effort effort = step.effort();
    return Json.object(
        "pass", step.pass(),
        "step", step.step(),
        "subgraph", step.subgraph(),
        "tokens", step.tokens(),
        "slots", step.slots(),
        "seconds", step.seconds(),
        "advance_seconds", effort.advance(),
        "sweep_seconds", effort.sweep(),
        "reduce_seconds", effort.reduce(),
        "solve_seconds", effort.solve(),
        "write_seconds", effort.write(),
        "shuffled_bytes", effort.shuffledBytes());
  }

  static StepFigures step(Json.Obj entry) {
    Effort effort =
        new Effort(
            real(entry, "advance_seconds"),
            real(entry, "sweep_seconds"),
            real(entry, "reduce_seconds"),
            real(entry, "solve_seconds"),
            real(entry, "write_seconds"),
            number(entry, "shuffled_bytes"));
    return new StepFigures(
        (int) number(entry, "pass"),
        (int) number(entry, "step"),
        text(entry, "subgraph"),
        number(entry, "tokens"),
        (int) number(entry, "slots"),
        real(entry, "seconds"),
        effort);
  }

  static String text(Json.Obj entry, String name) {
    return ((Json.Str) member(entry, name)).value();
  }

  private static Json member(Json.Obj entry, String name) {
    Json member = entry.members().get(name);
    if (member == null) {
      throw new RequestException(
          "The workspace's journal has an entry without "
              + name
              + ", as another version of Sinter writes it. Go on with that version, or run again"
              + " with --clean to start afresh");
    }
    return member;
  }

  private static double real(Json.Obj entry, String name) {
    return ((Json.Num) member(entry, name)).asDouble();
  }

  static long number(Json.Obj entry, String name) {
    return ((Json.Num) member(entry, name)).asLong();
  }
}
