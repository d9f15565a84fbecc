/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.engine;

import dev.sinter.problem.Nearest;
import dev.sinter.problem.Problems;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.network.util.JavaUtils;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * How the engine works, by settings of Spark that begin with {@code spark.sinter.}. None of them
 * changes a byte of a result: what does is a flag, and stands in the manifest.
 *
 * @param reduce where the statistics of slices are added up
 * @param activations how executors keep activations
 * @param pieceBytes how many bytes of weights and statistics a task has at a time of a subgraph
 *     that can run in pieces
 * @param executorsWait how long a run waits for the executors that were asked for
 */
public record EngineSettings(
    Reduce reduce, StorageLevel activations, long pieceBytes, Duration executorsWait) {
  private static final String PREFIX = "spark.sinter.";

  private static final EngineSetting<Reduce> REDUCE =
      EngineSetting.ofWords(
          PREFIX + "reduce",
          List.of("shuffle", "driver"),
          "Where statistics of slices are added up: on the executors that solve, or on the driver",
          text -> Reduce.valueOf(text.toUpperCase(Locale.ROOT)));

  private static final EngineSetting<StorageLevel> ACTIVATIONS =
      EngineSetting.ofWords(
          PREFIX + "activations.storageLevel",
          List.of("DISK_ONLY", "DISK_ONLY_2", "MEMORY_AND_DISK", "MEMORY_AND_DISK_2"),
          "How executors keep activations between layers; with `_2` on two of them, so that fewer are computed again where machines come and go",
          StorageLevel::fromString);

  private static final EngineSetting<Long> PIECE =
      EngineSetting.of(
          PREFIX + "pieceSize",
          "256m",
          "a size from 1m, such as 256m or 1g",
          "Bytes of weights and statistics that a task has at a time of a layer with experts; more of them read the tokens fewer times",
          EngineSettings::pieceBytes);

  private static final EngineSetting<Duration> WAIT =
      EngineSetting.of(
          PREFIX + "executors.wait",
          "30s",
          "a time, such as 30s or 2m",
          "How long a run waits for all executors that were asked for before it begins with those that came",
          EngineSettings::duration);

  private static final List<EngineSetting<?>> ALL = List.of(REDUCE, ACTIVATIONS, PIECE, WAIT);

  /** Where statistics are added up. */
  enum Reduce {
    SHUFFLE,
    DRIVER
  }

  /** Those of a configuration; all that is wrong with them is refused at once. */
  public static EngineSettings of(SparkConf conf) {
    Map<String, String> given = new TreeMap<>();
    for (Tuple2<String, String> setting : conf.getAll()) {
      if (setting._1().startsWith(PREFIX)) {
        given.put(setting._1(), setting._2());
      }
    }
    Problems problems = new Problems();
    List<String> known = ALL.stream().map(EngineSetting::key).toList();
    given.keySet().stream()
        .filter(key -> !known.contains(key))
        .forEach(key -> problems.add(unknown(key, known)));
    EngineSettings settings =
        new EngineSettings(
            REDUCE.of(given, problems),
            ACTIVATIONS.of(given, problems),
            PIECE.of(given, problems),
            WAIT.of(given, problems));
    problems.throwIfAny();
    return settings;
  }

  private static String unknown(String key, List<String> known) {
    // What all keys begin with would make any two of them look alike.
    List<String> names = known.stream().map(other -> other.substring(PREFIX.length())).toList();
    return "There is no setting "
        + key
        + Nearest.to(key.substring(PREFIX.length()), names)
            .map(name -> ". Did you mean " + PREFIX + name + "?")
            .orElse(". There are " + String.join(", ", known));
  }

  /** The table of the document about them. */
  static String table() {
    return ALL.stream()
        .map(EngineSetting::row)
        .collect(
            Collectors.joining(
                "\n", "| setting | default | values | what |\n|---|---|---|---|\n", "\n"));
  }

  private static long pieceBytes(String text) {
    long bytes = JavaUtils.byteStringAsBytes(text);
    if (bytes < 1 << 20) {
      throw new IllegalArgumentException(text);
    }
    return bytes;
  }

  private static Duration duration(String text) {
    long millis = JavaUtils.timeStringAsMs(text);
    if (millis < 0) {
      throw new IllegalArgumentException(text);
    }
    return Duration.ofMillis(millis);
  }
}
