/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What files of a data set hold, told by their names. */
enum DataFormat {
  PARQUET("parquet", ".parquet .parq"),
  JSON("json", ".jsonl .ndjson .json"),
  CSV("csv", ".csv"),
  TSV("csv", ".tsv"),
  TEXT("text", ".txt .text"),
  ORC("orc", ".orc");

  /** Those of lines of text, which Spark reads through. */
  private static final List<String> COMPRESSIONS =
      List.of(".gz", ".bz2", ".zst", ".lz4", ".snappy", ".deflate");

  private final String spark;
  private final String suffixes;

  DataFormat(String spark, String suffixes) {
    this.spark = spark;
    this.suffixes = suffixes;
  }

  private List<String> suffixes() {
    return List.of(suffixes.split(" ", -1));
  }

  /** What Spark calls it. */
  String spark() {
    return spark;
  }

  /** The format of that name. */
  static Optional<DataFormat> named(String name) {
    return Arrays.stream(values())
        .filter(format -> format.name().equals(name.toUpperCase(Locale.ROOT)))
        .findFirst();
  }

  /** The names of all formats. */
  static List<String> names() {
    return Arrays.stream(values()).map(format -> format.name().toLowerCase(Locale.ROOT)).toList();
  }

  /** The format of a file of that name. */
  static Optional<DataFormat> of(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    String plain =
        COMPRESSIONS.stream()
            .filter(lower::endsWith)
            .findFirst()
            .map(compression -> lower.substring(0, lower.length() - compression.length()))
            .orElse(lower);
    String suffix = plain.substring(Math.max(0, plain.lastIndexOf('.')));
    return Arrays.stream(values())
        .filter(format -> format.suffixes().contains(suffix))
        .filter(format -> plain.equals(lower) || (format != PARQUET && format != ORC))
        .findFirst();
  }

  /** Every suffix that is known, for messages. */
  static String known() {
    return Arrays.stream(values())
        .flatMap(format -> format.suffixes().stream())
        .collect(Collectors.joining(", "));
  }
}
