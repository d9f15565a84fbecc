/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.checkpoint.FileInfo;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import dev.sinter.session.SampleSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Samples that are tokenized already: JSON lines whose {@code input_ids} is a list of token ids.
 * Chosen by the smallest hash of seed and content, or in the order of the file.
 */
public final class JsonLinesSamples implements SampleSource {
  private final Supplier<JavaSparkContext> spark;
  private final String location;
  private final Selection selection;
  private Optional<String> shortage = Optional.empty();

  public JsonLinesSamples(Supplier<JavaSparkContext> spark, String location, Selection selection) {
    this.spark = spark;
    this.location = location;
    this.selection = selection;
  }

  /**
   * Which samples are taken.
   *
   * @param count how many, at most
   * @param maxLength the tokens of a sample that are used, from its start
   */
  public record Selection(Order order, int count, int maxLength, long seed) {}

  /** In which order samples are considered. */
  public enum Order {
    /** By a hash of seed and content: a random choice that the data and the seed alone decide. */
    SHUFFLED,
    /** As they stand in the file. */
    FILE
  }

  @Override
  public Json.Obj identity() throws IOException {
    Map<String, Object> files = new TreeMap<>();
    for (FileInfo file : files()) {
      files.put(file.name(), Json.object("size", file.size(), "version", file.version()));
    }
    return Json.object(
        "files", files,
        "order", selection.order().name(),
        "count", selection.count(),
        "max_length", selection.maxLength(),
        "seed", selection.seed());
  }

  /** The one file that the location names. */
  private List<FileInfo> files() throws IOException {
    int slash = location.lastIndexOf('/');
    String folder = slash < 0 ? "." : location.substring(0, Math.max(1, slash));
    String name = location.substring(slash + 1);
    if (!name.endsWith(".jsonl") && !name.endsWith(".json")) {
      throw new RequestException(
          "--dataset "
              + location
              + ": this version reads JSON lines (.jsonl) of {\"input_ids\": [...]}, tokenized already");
    }
    return FileStores.at(folder)
        .info(name)
        .map(List::of)
        .orElseThrow(
            () -> new RequestException("--dataset " + location + ": there is no such file"));
  }

  @Override
  public List<String> notices() {
    return shortage.stream().toList();
  }

  @Override
  public List<int[]> samples() throws IOException {
    files();
    int maxLength = selection.maxLength();
    long seed = selection.seed();
    JavaRDD<Sample> parsed =
        spark
            .get()
            .textFile(uri())
            .zipWithIndex()
            .filter(line -> !line._1().isBlank())
            .map(line -> Sample.parse(line._1(), line._2(), maxLength, seed));
    List<Sample> chosen =
        selection.order() == Order.FILE
            ? parsed.takeOrdered(selection.count(), Sample.byLine())
            : parsed.takeOrdered(selection.count(), Sample.byHash());
    chosen.stream()
        .flatMap(sample -> sample.problem().stream())
        .findFirst()
        .ifPresent(
            problem -> {
              throw new RequestException("--dataset " + location + ", " + problem);
            });
    if (chosen.isEmpty()) {
      throw new RequestException("--dataset " + location + " holds no samples");
    }
    if (chosen.size() < selection.count()) {
      shortage =
          Optional.of(
              location
                  + " holds "
                  + chosen.size()
                  + " samples; "
                  + selection.count()
                  + " were asked for");
    }
    return chosen.stream().map(Sample::ids).toList();
  }

  /**
   * Hadoop reads a path without scheme from its default file system, and takes some characters for
   * patterns.
   */
  private String uri() {
    if (location.matches(".*[,*?{}\\[\\]\\\\].*")) {
      throw new RequestException(
          "--dataset "
              + location
              + ": a path with any of , * ? { } [ ] \\ cannot be read; rename the file");
    }
    return location.contains(":/") ? location : "file:" + Path.of(location).toAbsolutePath();
  }
}
