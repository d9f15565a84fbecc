/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.problem.Nearest;
import dev.sinter.problem.RequestException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Chooses of a folder's or a repository's files those of a configuration and a split.
 *
 * @param name the data set as it was asked for
 * @param files the names of all its files, from its root
 * @param configs what its card says
 * @param told hears what a person should know of the choice
 */
record SplitFiles(
    String name, List<String> files, List<Card.Config> configs, Consumer<String> told) {
  SplitFiles {
    files = List.copyOf(files);
    configs = List.copyOf(configs);
  }

  /** The files of a split, by default of the one that is given. */
  List<String> choose(Optional<String> config, Optional<String> split, String standard) {
    List<String> data = files.stream().filter(Layout::isData).toList();
    if (data.isEmpty()) {
      throw new RequestException(name + " " + nothing());
    }
    Map<String, List<String>> splits =
        configs.isEmpty() ? byFolder(data, config) : byCard(data, config);
    String chosen = split.orElse(standard);
    if (split.isEmpty() && splits.size() == 1) {
      chosen = splits.keySet().iterator().next();
    }
    if ((split.isEmpty() && splits.size() > 1) || !chosen.equals(split.orElse(standard))) {
      told.accept(name + ": of its splits " + splits.keySet() + " " + chosen + " is taken");
    }
    if (!splits.containsKey(chosen)) {
      throw new RequestException(
          name
              + " has no split "
              + chosen
              + "; it has "
              + splits.keySet()
              + ". Give --splits"
              + Nearest.hint(chosen, splits.keySet()));
    }
    return splits.get(chosen);
  }

  private String nothing() {
    if (files.stream().anyMatch(file -> file.endsWith(".arrow"))) {
      return "holds Arrow files, as Dataset.save_to_disk writes them; write Parquet in their place: Dataset.to_parquet";
    }
    if (files.stream().anyMatch(file -> file.endsWith(".py"))) {
      return "is a script, and Sinter runs no code of data sets. Of many such sets the hub has a copy in Parquet: --dataset-revision refs/convert/parquet";
    }
    return "holds no file of a format that is read: " + DataFormat.known();
  }

  private Map<String, List<String>> byCard(List<String> data, Optional<String> asked) {
    Card.Config config = config(asked);
    if (config.patterns().isEmpty()) {
      if (configs.size() > 1) {
        told.accept(
            name
                + ": its card names no files for the configuration "
                + config.name()
                + ", so those of all are taken");
      }
      return Layout.splits(data);
    }
    Map<String, List<String>> splits = new HashMap<>();
    config
        .patterns()
        .forEach(
            (split, patterns) -> {
              TreeSet<String> matching = new TreeSet<>();
              patterns.forEach(pattern -> matching.addAll(Card.matching(data, pattern)));
              if (split.isEmpty()) {
                splits.putAll(Layout.splits(List.copyOf(matching)));
              } else if (!matching.isEmpty()) {
                splits.put(split, List.copyOf(matching));
              }
            });
    if (splits.isEmpty()) {
      throw new RequestException(
          name + " lacks the files that its card names for " + config.name());
    }
    return new TreeMap<>(splits);
  }

  private Card.Config config(Optional<String> asked) {
    List<String> names = configs.stream().map(Card.Config::name).toList();
    if (asked.isPresent()) {
      return configs.stream()
          .filter(config -> config.name().equals(asked.get()))
          .findFirst()
          .orElseThrow(
              () ->
                  new RequestException(
                      name
                          + " has no configuration "
                          + asked.get()
                          + "; it has "
                          + names
                          + "."
                          + Nearest.hint(asked.get(), names)));
    }
    if (configs.size() == 1) {
      return configs.get(0);
    }
    return configs.stream()
        .filter(config -> config.isDefault() || config.name().equals("default"))
        .findFirst()
        .orElseThrow(
            () ->
                new RequestException(
                    name
                        + " has several configurations: "
                        + names
                        + ". Give --dataset-config-name"));
  }

  /** Without a card, a configuration is a folder. */
  private Map<String, List<String>> byFolder(List<String> data, Optional<String> config) {
    if (config.isEmpty()) {
      return Layout.splits(data);
    }
    String folder = config.get() + "/";
    List<String> inside =
        data.stream()
            .filter(file -> file.startsWith(folder))
            .map(file -> file.substring(folder.length()))
            .toList();
    if (inside.isEmpty()) {
      throw new RequestException(
          name
              + " has no configuration "
              + config.get()
              + ": its card names none, and it has no such folder of data");
    }
    Map<String, List<String>> splits = new TreeMap<>();
    Layout.splits(inside)
        .forEach(
            (split, names) ->
                splits.put(split, names.stream().map(file -> folder + file).toList()));
    return splits;
  }
}
