/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.data.JsonLinesSamples.Order;
import dev.sinter.data.JsonLinesSamples.Selection;
import dev.sinter.json.Json;
import java.io.PrintStream;
import java.util.Optional;

/** The calibration data that flags ask for, and the recipe's section {@code dataset} beneath. */
record CalibrationData(Optional<String> dataset, Selection selection, int batchSize) {
  private static final int SAMPLES = 512;
  private static final int SEED = 42;
  private static final int BATCH_SIZE = 8;

  /** Where both say something, the flag is taken, and that is said. */
  static CalibrationData of(DataFlags flags, Json.Obj section, PrintStream err) {
    Merging merging = new Merging(section, err);
    Optional<String> dataset =
        merging
            .value("--dataset", "dataset", flags.dataset)
            .map(value -> ((Json.Str) value).value());
    int samples =
        merging.whole(
            "--num-calibration-samples", "num_calibration_samples", flags.samples, SAMPLES);
    int length =
        merging.whole("--max-seq-length", "max_seq_length", flags.maxLength, Integer.MAX_VALUE);
    boolean shuffled =
        merging
            .value(
                "--no-shuffle-calibration-samples",
                "shuffle_calibration_samples",
                flags.unshuffled ? Optional.of(false) : Optional.empty())
            .map(value -> ((Json.Bool) value).value())
            .orElse(true);
    long seed =
        merging
            .value("--seed", "seed", flags.seed)
            .map(value -> ((Json.Num) value).asLong())
            .orElse((long) SEED);
    int batch = merging.whole("--batch-size", "batch_size", flags.batchSize, BATCH_SIZE);
    Order order = shuffled ? Order.SHUFFLED : Order.FILE;
    return new CalibrationData(dataset, new Selection(order, samples, length, seed), batch);
  }

  private record Merging(Json.Obj section, PrintStream err) {
    Optional<Json> value(String flag, String name, Optional<?> given) {
      Optional<Json> recipes = section.member(name);
      Optional<Json> ours = given.map(Json::of);
      if (recipes.isPresent() && ours.isPresent() && !recipes.equals(ours)) {
        err.println(
            "sinter: the recipe's dataset has "
                + name
                + ": "
                + text(recipes.get())
                + "; "
                + flag
                + (ours.get() instanceof Json.Bool ? "" : " " + text(ours.get()))
                + " is taken");
      }
      return ours.or(() -> recipes);
    }

    int whole(String flag, String name, Optional<Integer> given, int standard) {
      return value(flag, name, given)
          .map(number -> (int) ((Json.Num) number).asLong())
          .orElse(standard);
    }

    private static String text(Json value) {
      if (value instanceof Json.Bool bool) {
        return String.valueOf(bool.value());
      }
      return value instanceof Json.Num number ? number.text() : ((Json.Str) value).value();
    }
  }
}
