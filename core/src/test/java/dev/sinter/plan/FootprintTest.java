/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.graph.SequentialTargets;
import dev.sinter.json.Json;
import dev.sinter.plan.Footprint.Term;
import dev.sinter.recipe.Recipes;
import dev.sinter.tensor.DType;
import dev.sinter.testing.SmallCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What memory is made of, and that it grows with what takes it. */
class FootprintTest {
  private static final Json.Obj LARGE =
      Json.object(
          "model_type", "llama",
          "hidden_size", 512,
          "intermediate_size", 1024,
          "num_hidden_layers", 2,
          "num_attention_heads", 8,
          "vocab_size", 64,
          "dtype", "float32");
  private static final long LAYER = 4 * 512 * 512 + 3 * 512 * 1024 + 2 * 512;

  @TempDir private Path temp;

  private Footprint footprint(int batch, DType dtype, int cores) throws IOException {
    return footprint(batch, 2048, dtype, cores);
  }

  private Footprint footprint(int batch, int length, DType dtype, int cores) throws IOException {
    Checkpoint checkpoint = SmallCheckpoint.complete(LARGE).in(temp);
    Plan plan =
        Planner.plan(
            checkpoint,
            Recipes.parse("r.yaml", "modifiers: {GPTQModifier: {scheme: W8A16}}"),
            OutputSettings.DEFAULT);
    CalibrationShape shape = new CalibrationShape(SequentialTargets.LAYERS, 64, length, batch, 4);
    return PlanEstimate.ofCalibration(plan, plan.graph().orElseThrow(), shape, dtype, cores)
        .footprint();
  }

  private static Term term(Footprint footprint, String what) {
    return footprint.terms().stream()
        .filter(term -> term.what().equals(what))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void weightsOfTwoSubgraphsAreThereInTheTypeOfTheRun() throws IOException {
    String what = "weights of two subgraphs";

    assertThat(term(footprint(1, DType.F32, 2), what)).isEqualTo(new Term(what, 2 * LAYER * 4, 1));
    assertThat(term(footprint(1, DType.BF16, 2), what)).isEqualTo(new Term(what, 2 * LAYER * 2, 1));
  }

  @Test
  void activationsGrowWithTheMicroBatchAndTheTasks() throws IOException {
    String what = "activations and statistics of a slice";
    Term eight = term(footprint(8, DType.BF16, 2), what);
    Term sixteen = term(footprint(16, DType.BF16, 3), what);
    Term thirty = term(footprint(30, DType.BF16, 30), what);

    // Four Gram matrices in fp32.
    long gram = 4L * (3 * 512 * 512 + 1024 * 1024);
    assertThat(sixteen.bytes() - gram).isEqualTo(2 * (eight.bytes() - gram));
    assertThat(eight.times()).isEqualTo(2);
    assertThat(sixteen.times()).isEqualTo(3);
    assertThat(thirty.times()).as("there are four slices").isEqualTo(4);
    assertThat(thirty.bytes()).as("of sixteen samples").isEqualTo(sixteen.bytes());
    // The MLP at its widest: what is given and sent, gate, up, what silu makes and as much again.
    long widest = 512 + 512 + 512 + 1024 + 1024 + 2 * 1024;
    assertThat(eight.bytes() - gram).isGreaterThanOrEqualTo(8L * 2048 * 2 * widest);
  }

  @Test
  void solvesTakeWhatTheMethodSays() throws IOException {
    String what = "solving the largest inputs at once";

    // The down projection's matrix twice beside its weight four times, more than three matrices.
    long down = 2L * 4 * 1024 * 1024 + 4L * 4 * 1024 * 512;
    assertThat(term(footprint(1, 64, DType.BF16, 1), what)).isEqualTo(new Term(what, down, 1));
    long gateAndUp = 2L * 4 * 512 * 512 + 4L * 4 * 512 * 1024;
    assertThat(term(footprint(1, 64, DType.BF16, 2), what))
        .isEqualTo(new Term(what, down + gateAndUp, 1));
  }

  @Test
  void runWithoutDataTakesAlmostNothing() throws IOException {
    Plan plan =
        Planner.plan(
            SmallCheckpoint.complete(LARGE).in(temp),
            Plans.rounding("scheme: W4A16"),
            OutputSettings.DEFAULT);

    Footprint footprint = PlanEstimate.ofWriting(plan, 2).footprint();

    assertThat(footprint.ofOneMachine()).isBetween(800L << 20, 1100L << 20);
    assertThat(EstimateDocument.setting(footprint.executorHeap())).isEqualTo("512m");
    assertThat(EstimateDocument.setting(3L << 30)).isEqualTo("3g");
  }
}
