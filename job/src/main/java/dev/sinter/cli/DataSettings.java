/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.dataset.Datasets;
import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.json.JsonSyntaxException;
import dev.sinter.json.JsonWriter;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.Problems;
import dev.sinter.problem.RequestException;
import dev.sinter.recipe.DatasetSettings;
import dev.sinter.recipe.PeerArguments;
import dev.sinter.setting.Form;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The settings of data: flags over the recipe's section {@code dataset}. Where both say something,
 * the flag is taken, and that is said.
 */
final class DataSettings {
  /** What is said of a data set, and does not hold for another. */
  private static final List<String> OF_THE_SET =
      List.of(
          "dataset_path",
          "dataset_config_name",
          "dataset_revision",
          "splits",
          "text_column",
          "preprocessing");

  private final PrintStream err;

  DataSettings(PrintStream err) {
    this.err = err;
  }

  /** Flags as settings: what a recipe may not say, they may not either. */
  static Json.Obj of(Map<String, Object> flags, Problems problems) {
    Json.Obj settings = Json.object();
    Problems found = new Problems();
    for (Map.Entry<String, Object> flag : flags.entrySet()) {
      String name = flag.getKey();
      String shown = flag(name);
      try {
        Json value =
            name.equals("splits") ? splits((String) flag.getValue()) : Json.of(flag.getValue());
        Form form = DatasetSettings.TABLE.setting(name).orElseThrow().form();
        if (!form.fits(value)) {
          String hint =
              form instanceof Form.Word words ? Nearest.hint(text(value), words.words()) : "";
          found.add(
              WholeNumbers.wrong(shown, form, text(value)) + (hint.isEmpty() ? "" : "." + hint));
        }
        settings = settings.with(name, value);
      } catch (RequestException e) {
        e.problems().forEach(found::add);
      }
    }
    if (found.isEmpty()) {
      understand(settings, found);
    }
    found.found().forEach(problems::add);
    return settings;
  }

  /** What is only a text to the table. */
  private static void understand(Json.Obj settings, Problems problems) {
    List<Runnable> looks =
        List.of(() -> CalibrationData.dataset(settings), () -> CalibrationData.content(settings));
    for (Runnable look : looks) {
      try {
        look.run();
      } catch (RequestException e) {
        e.problems().forEach(problems::add);
      }
    }
  }

  /** All settings that are given, by flags or the recipe. */
  Json.Obj merged(Map<String, Object> flags, Json.Obj section) {
    Problems problems = new Problems();
    Json.Obj given = of(flags, problems);
    problems.throwIfAny();
    Json.Obj merged = section;
    boolean otherSet =
        (flags.containsKey("dataset") || flags.containsKey("dataset_path"))
            && section.member("dataset").or(() -> section.member("dataset_path")).isPresent()
            && !given.member("dataset").equals(section.member("dataset"));
    for (String name : OF_THE_SET) {
      if (otherSet && section.member(name).isPresent() && !flags.containsKey(name)) {
        err.println(
            "sinter: the recipe's dataset has "
                + name
                + ": "
                + text(section.member(name).get())
                + ", which is about the data set that it names itself; it is not looked at");
        merged = merged.without(name);
      }
    }
    for (Map.Entry<String, Json> flag : given.members().entrySet()) {
      Optional<Json> recipes = merged.member(flag.getKey());
      if (recipes.isPresent() && !recipes.get().equals(flag.getValue())) {
        sayOver(flag.getKey(), recipes.get(), flag.getValue());
      }
      merged = merged.with(flag.getKey(), flag.getValue());
    }
    requireNoForeignQuery(flags, section);
    sayWithoutEffect(merged);
    return merged;
  }

  /** Recipes come from strangers, and a query can call code. */
  private static void requireNoForeignQuery(Map<String, Object> flags, Json.Obj section) {
    if (!flags.containsKey("dataset")
        && section.member("dataset").orElse(null) instanceof Json.Str dataset
        && Datasets.isQuery(dataset.value())) {
      throw new RequestException(
          "The recipe's dataset is a query, which only --dataset may be: "
              + dataset.value()
              + ". Read it, and give it yourself if it does what you want");
    }
  }

  private void sayOver(String name, Json recipes, Json flag) {
    err.println(
        "sinter: the recipe's dataset has "
            + name
            + ": "
            + text(recipes)
            + "; "
            + flag(name)
            + " "
            + text(flag)
            + " is taken");
  }

  /** A setting of a recipe's section as a flag. */
  private static String flag(String name) {
    return "--" + name.replace('_', '-');
  }

  /** Says which flags do nothing where a recipe needs no data. */
  void sayNeedless(Map<String, Object> flags) {
    if (!flags.isEmpty()) {
      err.println(
          "sinter: the recipe needs no data, and these flags do nothing: "
              + flags.keySet().stream().map(DataSettings::flag).collect(Collectors.joining(", ")));
    }
  }

  private void sayWithoutEffect(Json.Obj merged) {
    PeerArguments.withoutEffect()
        .forEach(
            (name, why) ->
                merged
                    .member(name)
                    .ifPresent(
                        value ->
                            err.println("sinter: " + name + " makes no difference here: " + why)));
    if (merged.member("data_collator").equals(Optional.of(Json.of("padding")))) {
      err.println("sinter: data_collator: padding: " + PeerArguments.PADS);
    }
  }

  /** A map, as a file of flags may have it, comes as JSON. */
  private static Json splits(String text) {
    if (!text.startsWith("{")) {
      return Json.of(text);
    }
    try {
      Json.Obj map = JsonParser.parseObject(text.getBytes(StandardCharsets.UTF_8));
      if (map.member("calibration").orElse(null) instanceof Json.Str) {
        return map;
      }
    } catch (JsonSyntaxException e) {
      // It is told below what is read.
    }
    throw new RequestException(
        "--splits "
            + text
            + ": of a map, only calibration is read. Write the split itself: --splits train[:5%]");
  }

  private static String text(Json value) {
    return value instanceof Json.Str text ? text.value() : JsonWriter.compact(value);
  }
}
