/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The search is one over plain doubles; the reference's own results are in QuantizerGoldenTest. */
class GridSearchTest {

  private static QuantizationArgs args(int bits, boolean symmetric, String name, Object... kwargs) {
    return QuantizationArgs.weights(bits, Type.INT, symmetric, new Strategy.Channel())
        .withObserver(new Observer(name, Json.object(kwargs)));
  }

  /** What a search over plain doubles finds: a smallest and a largest value for each row. */
  @SuppressWarnings("ArrayRecordComponent") // Read, and never compared.
  private record Plain(double[] min, double[] max, int steps) {}

  private static Plain search(
      double[][] rows, int bits, boolean symmetric, double[] settings /* as in PlainSettings */) {
    int count = (int) (settings[0] * settings[2]);
    double[] min = new double[rows.length];
    double[] max = new double[rows.length];
    double[] best = new double[rows.length];
    Arrays.fill(best, Double.MAX_VALUE);
    int idle = 0;
    int step = 0;
    while (step < count && idle < settings[1]) {
      double p = 1 - step / settings[2];
      boolean improved = false;
      for (int row = 0; row < rows.length; row++) {
        double low = Arrays.stream(rows[row]).min().orElseThrow() * settings[4] * p;
        double high = Arrays.stream(rows[row]).max().orElseThrow() * settings[4] * p;
        double error = error(rows[row], low, high, bits, symmetric, settings[3]);
        if (error < best[row]) {
          best[row] = error;
          min[row] = low;
          max[row] = high;
          improved = true;
        }
      }
      idle = improved ? 0 : idle + 1;
      step++;
    }
    return new Plain(min, max, step);
  }

  private static double error(
      double[] row, double low, double high, int bits, boolean symmetric, double norm) {
    double least = Math.min(low, 0);
    double most = Math.max(high, 0);
    double lowest = -Math.pow(2, bits - 1);
    double highest = -lowest - 1;
    double scale =
        symmetric
            ? Math.max(-least, most) / ((highest - lowest) / 2)
            : (most - least) / (highest - lowest);
    double zero = symmetric ? 0 : Math.rint(clamp(lowest - least / scale, lowest, highest));
    double sum = 0;
    for (double value : row) {
      double code = Math.rint(clamp(value / scale + zero, lowest, highest));
      sum += Math.pow(Math.abs((code - zero) * scale - value), norm);
    }
    return sum;
  }

  private static double clamp(double value, double low, double high) {
    return Math.max(low, Math.min(high, value));
  }

  private static double[][] rows(long seed, int rows, int columns) {
    double[][] values = new double[rows][columns];
    float[] normals = RandomTensors.normals(seed, (long) rows * columns);
    for (int i = 0; i < normals.length; i++) {
      values[i / columns][i % columns] = normals[i];
    }
    return values;
  }

  private static Tensor tensor(double[][] rows) {
    float[] values = new float[rows.length * rows[0].length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) rows[i / rows[0].length][i % rows[0].length];
    }
    return Tensors.to(Tensors.of(values, rows.length, 1, rows[0].length), DType.F64);
  }

  private static double[] doubles(Tensor tensor) {
    double[] values = new double[(int) tensor.numel()];
    Tensors.buffer(tensor).order(java.nio.ByteOrder.nativeOrder()).asDoubleBuffer().get(values);
    return values;
  }

  @ParameterizedTest
  @CsvSource({
    "4, true, 0.2, 5, 100, 2.4, 1",
    "4, false, 0.2, 5, 100, 2.4, 1",
    "3, true, 0.8, 3, 50, 2.4, 1",
    "2, true, 0.9, 1000, 40, 2, 1",
    "2, false, 0.9, 2, 40, 3, 1.5",
    "8, true, 0.5, 1, 20, 2.4, 1",
    "4, true, 0.5555555555555556, 1000, 200, 2.4, 1.8"
  })
  void rangesAreThoseOfASearchOverPlainDoubles(
      int bits,
      boolean symmetric,
      double maxShrink,
      int patience,
      double grid,
      double norm,
      double expand) {
    double[] settings = {maxShrink, patience, grid, norm, expand};
    QuantizationArgs args =
        args(
            bits,
            symmetric,
            "memoryless_mse",
            "maxshrink",
            maxShrink,
            "patience",
            patience,
            "grid",
            grid,
            "norm",
            norm,
            "expand",
            expand);
    for (long seed = 0; seed < 5; seed++) {
      try (Scope scope = Scope.open()) {
        double[][] rows = rows(seed, 3, 40);
        GridSearch search = GridSearch.of(args, Importance.EQUAL);
        Tensor grouped = tensor(rows);

        Survey survey = search.survey(grouped);
        Range.Ends found = search.find(grouped, survey);

        Plain plain = search(rows, bits, symmetric, settings);
        assertThat(doubles(found.min())).containsExactly(plain.min);
        assertThat(doubles(found.max())).containsExactly(plain.max);
        assertThat(survey.extremes().min())
            .isEqualTo(Math.min(0, Arrays.stream(plain.min).min().orElseThrow()));
        assertThat(survey.extremes().max())
            .isEqualTo(Math.max(0, Arrays.stream(plain.max).max().orElseThrow()));
      }
    }
  }

  @Test
  void settingsHaveTheReferencesDefaults() {
    GridSearch plain = GridSearch.of(args(4, true, "memoryless_mse"), Importance.EQUAL);
    GridSearch expanded = GridSearch.of(args(4, true, "nvfp4_expanded_mse"), Importance.EQUAL);

    assertThat(List.of(plain.steps(), plain.patience())).containsExactly(20, 5);
    assertThat(List.of(plain.grid(), plain.norm(), plain.expand())).containsExactly(100., 2.4, 1.);
    assertThat(List.of(expanded.steps(), expanded.patience())).containsExactly(111, 1000);
    assertThat(List.of(expanded.grid(), expanded.norm(), expanded.expand()))
        .containsExactly(200., 2.4, 1.8);
  }

  @Test
  void onlyASearchThatMayStopEarlyCouplesRows() {
    assertThat(GridSearch.of(args(4, true, "memoryless_mse"), Importance.EQUAL).couplesRows())
        .isTrue();
    assertThat(
            GridSearch.of(args(4, true, "memoryless_mse", "patience", 20), Importance.EQUAL)
                .couplesRows())
        .isFalse();
    assertThat(GridSearch.of(args(4, true, "nvfp4_expanded_mse"), Importance.EQUAL).couplesRows())
        .isFalse();
  }

  /**
   * The largest value of a row decides its first range; a row of eights and one 64 gains nothing
   * until the range has shrunk far, and a row that gains at each step keeps it going.
   */
  @Test
  void patienceIsLostByTheWholeWeightOnly() {
    double[] late = new double[16];
    Arrays.fill(late, 15.9);
    late[0] = 16;
    double[][] apart = {late};
    double[][] steady = {late, rows(7, 1, 16)[0]};
    double[] settings = {.9, 4, 100, 2, 1};
    QuantizationArgs args =
        args(2, true, "memoryless_mse", "maxshrink", .9, "patience", 4, "norm", 2);
    try (Scope scope = Scope.open()) {
      GridSearch search = GridSearch.of(args, Importance.EQUAL);
      int stepsApart = search(apart, 2, true, settings).steps;
      int stepsTogether = search(steady, 2, true, settings).steps;
      assertThat(stepsApart).isLessThan(stepsTogether);

      Range.Ends alone = search.find(tensor(apart), search.survey(tensor(apart)));
      Range.Ends together = search.find(tensor(apart), search.survey(tensor(steady)));

      assertThat(doubles(alone.max())).containsExactly(search(apart, 2, true, settings).max);
      assertThat(doubles(together.max())).containsExactly(search(steady, 2, true, settings).max[0]);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"W2A16", "W3A16", "W4A16", "W4A16_ASYM", "W8A8", "FP8_DYNAMIC", "MXFP4"})
  void errorIsNeverAboveThatOfTheExtremes(String preset) {
    QuantizationArgs extremes = Presets.named(preset).weights();
    QuantizationArgs searched = extremes.withObserver(Observer.named("memoryless_mse"));
    for (long seed = 0; seed < 4; seed++) {
      try (Scope scope = Scope.open()) {
        Tensor weight_RC = RandomTensors.normal(seed, 6, 256);
        double[] before = errors(extremes, weight_RC);
        double[] after = errors(searched, weight_RC);

        double gained = 0;
        for (int i = 0; i < before.length; i++) {
          assertThat(after[i]).isLessThanOrEqualTo(before[i] * 1.0001);
          gained += before[i] - after[i];
        }
        assertThat(gained).isNotNegative();
      }
    }
  }

  /** The sum of |decoded - value| to the power of 2.4 over what shares a scale. */
  private static double[] errors(QuantizationArgs args, Tensor weight_RC) {
    Quantizer quantizer = new Quantizer(args);
    QuantizationParameters parameters = quantizer.observe(weight_RC);
    float[] values = Tensors.floats(weight_RC);
    float[] decoded =
        Tensors.floats(
            quantizer.decode(
                new QuantizedWeight(
                    quantizer.encode(weight_RC, parameters),
                    parameters,
                    java.util.Optional.empty())));
    int size = (int) args.groupColumns(weight_RC.size(1));
    double[] errors = new double[values.length / size];
    for (int i = 0; i < values.length; i++) {
      errors[i / size] += Math.pow(Math.abs((double) decoded[i] - values[i]), 2.4);
    }
    return errors;
  }
}
