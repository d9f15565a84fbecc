/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.data.Collation;
import dev.sinter.data.Collation.Collator;
import dev.sinter.data.Content;
import dev.sinter.data.ContentRequest;
import dev.sinter.data.Preprocessings;
import dev.sinter.data.Sampling;
import dev.sinter.dataset.DatasetRequest;
import dev.sinter.dataset.Split;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import java.util.Locale;
import java.util.Optional;

/** The calibration data that is asked for, if there is any. */
record CalibrationData(
    Optional<DatasetRequest> dataset,
    ContentRequest content,
    Sampling sampling,
    Collation collation) {
  private static final int SAMPLES = 512;
  private static final int SEED = 42;
  private static final int BATCH_SIZE = 8;
  private static final String LENGTH = "max_seq_length";

  /** What settings mean, by the names of a recipe's section. */
  static CalibrationData of(Json.Obj settings, int slices) {
    Optional<Integer> length = settings.member(LENGTH).map(CalibrationData::whole);
    boolean blocks = flag(settings, "concatenate_data", false);
    if (blocks && length.isEmpty()) {
      throw new RequestException(
          "--concatenate-data makes samples of --max-seq-length tokens: give it, too");
    }
    Sampling sampling =
        new Sampling(
            flag(settings, "shuffle_calibration_samples", true)
                ? Sampling.Order.SHUFFLED
                : Sampling.Order.FILE,
            settings.member("num_calibration_samples").map(CalibrationData::whole).orElse(SAMPLES),
            length,
            settings.member("seed").map(seed -> ((Json.Num) seed).asLong()).orElse((long) SEED),
            blocks ? Sampling.Packing.BLOCKS : Sampling.Packing.ROWS);
    int batch = settings.member("batch_size").map(CalibrationData::whole).orElse(BATCH_SIZE);
    return new CalibrationData(
        dataset(settings),
        content(settings),
        sampling,
        new Collation(collator(settings), batch, slices));
  }

  /** What would be read, in a line. */
  String description() {
    String which =
        dataset
            .map(
                request ->
                    request.dataset()
                        + request.path().map(path -> " at " + path).orElse("")
                        + request.config().map(name -> ", configuration " + name).orElse("")
                        + request.split().map(split -> ", split " + split).orElse(""))
            .orElse("none is given yet (--dataset)");
    String length =
        sampling.packing() == Sampling.Packing.BLOCKS
            ? " of exactly " + sampling.maxLength().orElseThrow() + " tokens"
            : sampling.maxLength().map(most -> " of at most " + most + " tokens").orElse("");
    return which
        + "; "
        + sampling.count()
        + " samples"
        + length
        + (sampling.order() == Sampling.Order.SHUFFLED
            ? ", drawn by seed " + sampling.seed()
            : ", from the start")
        + "; "
        + collation.slices()
        + " slices, micro-batches of "
        + collation.batchSize();
  }

  /** The same for programs. */
  Json.Obj json() {
    return Json.object(
        "dataset", dataset.map(DatasetRequest::dataset).orElse(null),
        "dataset_path", dataset.flatMap(DatasetRequest::path).orElse(null),
        "dataset_config_name", dataset.flatMap(DatasetRequest::config).orElse(null),
        "dataset_revision", dataset.flatMap(DatasetRequest::revision).orElse(null),
        "splits", dataset.flatMap(DatasetRequest::split).map(Split::toString).orElse(null),
        "text_column", content.textColumn().orElse(null),
        "preprocessing", content.preprocessing().map(Content::description).orElse(null),
        "num_calibration_samples", sampling.count(),
        "max_seq_length", sampling.maxLength().orElse(null),
        "concatenate_data", sampling.packing() == Sampling.Packing.BLOCKS,
        "shuffle_calibration_samples", sampling.order() == Sampling.Order.SHUFFLED,
        "seed", sampling.seed(),
        "data_collator", collation.collator().name().toLowerCase(Locale.ROOT),
        "batch_size", collation.batchSize(),
        "slices", collation.slices());
  }

  /** The data set that is named. */
  static Optional<DatasetRequest> dataset(Json.Obj settings) {
    Optional<String> path = text(settings, "dataset_path");
    Optional<Split> split = split(settings).map(Split::parse);
    return text(settings, "dataset")
        .or(() -> path)
        .map(
            dataset ->
                new DatasetRequest(
                    dataset,
                    settings.member("dataset").isPresent() ? path : Optional.empty(),
                    text(settings, "dataset_config_name"),
                    text(settings, "dataset_revision"),
                    split));
  }

  /** What of a row is asked for. */
  static ContentRequest content(Json.Obj settings) {
    return new ContentRequest(
        text(settings, "text_column"), text(settings, "preprocessing").map(Preprocessings::parse));
  }

  /** Older versions of the reference take a map of what splits are for. */
  private static Optional<String> split(Json.Obj settings) {
    Optional<Json> splits = settings.member("splits");
    return splits.isPresent() && splits.get() instanceof Json.Obj map
        ? text(map, "calibration")
        : text(settings, "splits");
  }

  private static Collator collator(Json.Obj settings) {
    return text(settings, "data_collator")
        .map(name -> Collator.valueOf(name.toUpperCase(Locale.ROOT)))
        .orElse(Collator.NONE);
  }

  private static Optional<String> text(Json.Obj settings, String name) {
    return settings.member(name).map(value -> ((Json.Str) value).value());
  }

  private static boolean flag(Json.Obj settings, String name, boolean standard) {
    return settings.member(name).map(value -> ((Json.Bool) value).value()).orElse(standard);
  }

  private static int whole(Json value) {
    return (int) ((Json.Num) value).asLong();
  }
}
