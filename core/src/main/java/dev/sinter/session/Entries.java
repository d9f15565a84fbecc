/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

import dev.sinter.checkpoint.WrittenFile;
import dev.sinter.json.Json;
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
  static final String FILE = "file";

  private Entries() {}

  static Json.Obj of(SolvedUnit unit) {
    List<Json> modules = new ArrayList<>();
    for (ModuleFigures module : unit.modules()) {
      modules.add(
          Json.object(
              "module",
              module.module(),
              "first_row",
              module.firstRow(),
              "rows",
              module.rows(),
              "source_crc32c",
              module.sourceCrc32c(),
              "figures",
              new LinkedHashMap<>(module.figures())));
    }
    return Json.object(
        "id", unit.id(),
        "file", unit.file(),
        "sha256", unit.sha256(),
        "modules", modules,
        "seconds", unit.seconds(),
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
          new ModuleFigures(
              text(module, "module"),
              number(module, "first_row"),
              number(module, "rows"),
              text(module, "source_crc32c"),
              figures));
    }
    double seconds = ((Json.Num) entry.members().get("seconds")).asDouble();
    return new SolvedUnit(
        text(entry, "id"),
        text(entry, "file"),
        text(entry, "sha256"),
        modules,
        seconds,
        text(entry, "platform"));
  }

  static Json.Obj of(WrittenFile file) {
    return Json.object("name", file.name(), "size", file.size(), "sha256", file.sha256());
  }

  static WrittenFile writtenFile(Json.Obj entry) {
    return new WrittenFile(text(entry, "name"), number(entry, "size"), text(entry, "sha256"));
  }

  static String text(Json.Obj entry, String name) {
    return ((Json.Str) entry.members().get(name)).value();
  }

  static long number(Json.Obj entry, String name) {
    return ((Json.Num) entry.members().get(name)).asLong();
  }
}
