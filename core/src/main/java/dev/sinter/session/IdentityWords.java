/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

import static java.util.Map.entry;

import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** What the parts of an identity are called by people: flags, settings of a recipe, files. */
final class IdentityWords {
  private static final String FILES = "files";
  private static final String RECIPE = "recipe";
  private static final String DATASET = "--dataset";
  private static final int LONGEST = 80;

  /** A place in a list. */
  private static final Pattern INDEX = Pattern.compile("\\[\\d{1,6}]");

  private static final Map<String, String> FLAGS =
      Map.ofEntries(
          entry("output", "--output-dir"),
          entry("build", "the build of Sinter, or the machine's instruction set"),
          entry("data", DATASET),
          entry("data.content.text_column", "--text-column"),
          entry("data.content.preprocessing", "--preprocessing"),
          entry("data.order", "--shuffle-calibration-samples"),
          entry("data.count", "--num-calibration-samples"),
          entry("data.max_length", "--max-seq-length"),
          entry("data.seed", "--seed"),
          entry("data.packing", "--concatenate-data"),
          entry("data.collator", "--data-collator"),
          entry("data.rows.range", "--splits"),
          entry("settings.max_shard_bytes", "--max-shard-size"),
          entry("settings.dtype", "--dtype"),
          entry("settings.form", "--save-compressed"),
          entry("settings.ties", "--tie-word-embeddings"),
          entry("settings.slices", "--slices"),
          entry("settings.batch_size", "--batch-size"),
          entry("settings.threads", "--task-threads"),
          entry("settings.sequential_targets", "--sequential-targets"),
          entry("settings.targets_per_subgraph", "--sequential-targets-per-subgraph"),
          entry("settings.experts", "--moe-calibrate-all-experts"),
          entry("settings.pipeline", "--pipeline"),
          entry("settings.propagate_error", "--propagate-error"),
          entry("settings.propagate_activation_error", "--propagate-activation-error"));

  /** What flags call it. */
  private static final Map<String, String> SWITCHES =
      Map.ofEntries(
          entry("COMPRESSED", "true"),
          entry("DENSE", "false"),
          entry("KEPT", "true"),
          entry("CUT", "false"),
          entry("ALL", "true"),
          entry("ROUTED", "false"),
          entry("SHUFFLED", "true"),
          entry("FILE", "false"),
          entry("BLOCKS", "true"),
          entry("ROWS", "false"),
          entry("F32", "fp32"),
          entry("F16", "fp16"),
          entry("SEQUENTIAL", "sequential"),
          entry("LAYER_SEQUENTIAL", "layer_sequential"),
          entry("BASIC", "basic"),
          entry("INDEPENDENT", "independent"));

  private IdentityWords() {}

  /**
   * One part in a line: its values there and here; of what people know no values of, that it is
   * another.
   */
  static String line(List<String> path, Json found, Json asked, Json.Obj whole) {
    String first = path.get(0);
    int files = path.indexOf(FILES);
    if (files >= 0 && files + 1 < path.size()) {
      return "the " + first + "'s file " + path.get(files + 1) + " has changed, or is another";
    }
    if (first.equals("tokenizer") && path.size() > 1) {
      return "the file " + path.get(1) + " of --tokenizer has changed, or is another";
    }
    if (path.equals(List.of("data", "tokenizer"))) {
      return "the tokenizer has changed, or is another";
    }
    if (path.equals(List.of("data", "token_ids"))) {
      return "the rows of " + DATASET + " have changed, or are others";
    }
    if (first.equals("model")) {
      return path.contains("config_sha256")
          ? "the model's config.json has changed, or is another"
          : "the model's tensors are others, by name, type or shape";
    }
    return name(path, whole) + ": there " + text(path, found) + ", asked for " + text(path, asked);
  }

  private static String name(List<String> path, Json.Obj whole) {
    String joined = String.join(".", path);
    if (path.get(0).equals(RECIPE) && path.size() > 1 && INDEX.matcher(path.get(1)).matches()) {
      int index = Integer.parseInt(path.get(1).substring(1, path.get(1).length() - 1));
      boolean setting = path.size() > 3 && path.get(2).equals("settings");
      String inside = String.join(".", path.subList(Math.min(3, path.size()), path.size()));
      return setting
          ? modifier(whole, index) + "." + inside.replace(".[", "[")
          : "modifier " + (index + 1) + " of the recipe";
    }
    if (path.get(0).equals("data") && !FLAGS.containsKey(joined)) {
      return DATASET;
    }
    return FLAGS.getOrDefault(joined.replaceFirst("\\.\\[\\d+]$", ""), joined);
  }

  private static String modifier(Json.Obj whole, int index) {
    if (whole.members().get(RECIPE) instanceof Json.Arr recipe
        && recipe.items().size() > index
        && recipe.items().get(index) instanceof Json.Obj modifier
        && modifier.members().get("name") instanceof Json.Str name) {
      return name.value();
    }
    return "modifier " + (index + 1);
  }

  private static String text(List<String> path, Json value) {
    if (value instanceof Json.Null) {
      return "nothing";
    }
    if (!(value instanceof Json.Str text)) {
      return cut(JsonWriter.compact(value));
    }
    boolean ours = path.get(0).equals("settings") || path.get(0).equals("data");
    String word = text.value();
    if (ours && path.size() == 2 && word.equals(word.toUpperCase(Locale.ROOT))) {
      return SWITCHES.getOrDefault(word, word.toLowerCase(Locale.ROOT));
    }
    return cut(word);
  }

  private static String cut(String value) {
    return value.length() <= LONGEST ? value : value.substring(0, LONGEST) + "...";
  }
}
