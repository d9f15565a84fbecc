/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which files of a folder are which split, told by their names as Hugging Face's datasets tell it:
 * by numbered shards, else by the names of folders, else of files; else all are {@code train}.
 */
final class Layout {
  static final String TRAIN = "train";

  /** Files that tell of a data set and hold none of it. */
  private static final Set<String> BESIDE =
      Set.of(
          "config.json",
          "dataset_info.json",
          "dataset_infos.json",
          "dataset_dict.json",
          "state.json");

  private static final String WORD_END = "(?:[-._ 0-9].*)?";

  private static final Map<String, Pattern> KEYWORDS = new LinkedHashMap<>();

  static {
    keywords(TRAIN, "train|training");
    keywords("validation", "validation|valid|dev|val");
    keywords("test", "test|testing|eval|evaluation");
  }

  private static final Pattern SHARD =
      Pattern.compile("(?:.*/)?(?<split>[^/]+)-\\d{5}-of-\\d{5}[^/]*\\.[^/]+");

  /** What a hub makes of other formats: SPLIT/0000.parquet. */
  private static final Pattern CONVERTED = Pattern.compile("(?<split>[^/]+)/\\d{4}\\.parquet");

  private Layout() {}

  private static void keywords(String split, String words) {
    KEYWORDS.put(split, Pattern.compile("(?:.*[-._ 0-9])?(?:" + words + ")" + WORD_END));
  }

  /** Whether a file may hold rows. */
  static boolean isData(String name) {
    return DataFormat.of(name).isPresent()
        && !BESIDE.contains(name.substring(name.lastIndexOf('/') + 1))
        && !DataFiles.isHidden(name);
  }

  /** The files of each split. */
  static Map<String, List<String>> splits(List<String> names) {
    Map<String, List<String>> splits = new TreeMap<>();
    for (Pattern named : List.of(CONVERTED, SHARD)) {
      for (String name : names) {
        Matcher matcher = named.matcher(name);
        if (matcher.matches()) {
          add(splits, matcher.group("split"), name);
        }
      }
      if (!splits.isEmpty()) {
        return splits;
      }
    }
    KEYWORDS.forEach(
        (split, words) ->
            names.stream()
                .filter(name -> inFolders(name).stream().anyMatch(words.asMatchPredicate()))
                .forEach(name -> add(splits, split, name)));
    if (splits.isEmpty()) {
      KEYWORDS.forEach(
          (split, words) ->
              names.stream()
                  .filter(
                      name -> words.matcher(name.substring(name.lastIndexOf('/') + 1)).matches())
                  .forEach(name -> add(splits, split, name)));
    }
    return splits.isEmpty() ? Map.of(TRAIN, names) : splits;
  }

  private static List<String> inFolders(String name) {
    List<String> parts = List.of(name.split("/", -1));
    return parts.subList(0, parts.size() - 1);
  }

  private static void add(Map<String, List<String>> splits, String split, String name) {
    splits.computeIfAbsent(split, key -> new ArrayList<>()).add(name);
  }
}
