/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.json.Json;
import dev.sinter.problem.Problems;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What the card of a data set (README.md) says of its configurations and their files, in the YAML
 * between two lines of dashes at its top.
 */
final class Card {
  private static final String DASHES = "---";

  private Card() {}

  /** A configuration: patterns of files by split, if the card has such. */
  record Config(String name, boolean isDefault, Map<String, List<String>> patterns) {}

  /** The configurations that a card names; of one that cannot be read none, which is told. */
  static List<Config> configs(String name, String card, Consumer<String> told) {
    Problems problems = new Problems();
    List<YamlNode> documents = YamlReader.read(name, front(card), problems, note -> {});
    if (!problems.isEmpty()) {
      told.accept(
          problems.found().get(0)
              + ". So the card tells nothing, and names of files tell configurations and splits");
      return List.of();
    }
    if (documents.isEmpty()
        || !(documents.get(0).json() instanceof Json.Obj front)
        || !(front.member("configs").orElse(null) instanceof Json.Arr configs)) {
      return List.of();
    }
    List<Config> found = new ArrayList<>();
    for (Json config : configs.items()) {
      if (config instanceof Json.Obj object) {
        config(object).ifPresent(found::add);
      }
    }
    return found;
  }

  private static String front(String card) {
    List<String> lines = card.lines().toList();
    if (lines.isEmpty() || !lines.get(0).strip().equals(DASHES)) {
      return "";
    }
    int end = 1;
    while (end < lines.size() && !lines.get(end).strip().equals(DASHES)) {
      end++;
    }
    return end == lines.size() ? "" : String.join("\n", lines.subList(1, end));
  }

  private static Optional<Config> config(Json.Obj config) {
    if (!(config.member("config_name").orElse(null) instanceof Json.Str name)) {
      return Optional.empty();
    }
    String folder =
        config.member("data_dir").orElse(null) instanceof Json.Str text ? text.value() + "/" : "";
    Map<String, List<String>> patterns = new LinkedHashMap<>();
    Json files = config.member("data_files").orElse(new Json.Null());
    if (files instanceof Json.Arr list
        && list.items().stream().anyMatch(item -> item instanceof Json.Obj)) {
      for (Json item : list.items()) {
        if (item instanceof Json.Obj split
            && split.member("split").orElse(null) instanceof Json.Str splitName) {
          patterns.put(
              splitName.value(), texts(folder, split.member("path").orElse(new Json.Null())));
        }
      }
    } else if (files instanceof Json.Obj bySplit) {
      bySplit.members().forEach((split, paths) -> patterns.put(split, texts(folder, paths)));
    } else if (!texts(folder, files).isEmpty()) {
      patterns.put(Layout.TRAIN, texts(folder, files));
    } else if (!folder.isEmpty()) {
      patterns.put("", List.of(folder + "**"));
    }
    boolean isDefault =
        config.member("default").orElse(null) instanceof Json.Bool flag && flag.value();
    return Optional.of(new Config(name.value(), isDefault, patterns));
  }

  private static List<String> texts(String folder, Json value) {
    if (value instanceof Json.Str text) {
      return List.of(folder + text.value());
    }
    List<String> texts = new ArrayList<>();
    if (value instanceof Json.Arr list) {
      list.items().forEach(item -> texts.addAll(texts(folder, item)));
    }
    return texts;
  }

  /** The files that a pattern means. */
  static List<String> matching(List<String> names, String pattern) {
    Glob glob = new Glob(pattern);
    return names.stream().filter(glob::matches).toList();
  }
}
