/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.graph.Attention;
import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Load;
import dev.sinter.graph.SequentialTargets;
import dev.sinter.recipe.Recipes;
import dev.sinter.tensor.DType;
import dev.sinter.testing.GoldenModel;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The operations of a calibration, counted by hand. */
class WorkTest {
  private static final int SAMPLES = 6;
  private static final int LENGTH = 10;
  private static final double TOKENS = SAMPLES * LENGTH;

  private static Work work(String model, String targets) throws IOException {
    return planned(model, "modifiers: {GPTQModifier: {scheme: W8A16, targets: [" + targets + "]}}");
  }

  private static Work planned(String model, String recipe) throws IOException {
    GoldenModel golden = GoldenModel.named(model);
    Checkpoint checkpoint = Checkpoint.open(FileStores.at(golden.folder().toString()));
    Plan plan = Planner.plan(checkpoint, Recipes.parse("r.yaml", recipe), OutputSettings.DEFAULT);
    CalibrationShape shape = new CalibrationShape(SequentialTargets.LAYERS, SAMPLES, LENGTH, 8, 16);
    return PlanEstimate.ofCalibration(plan, plan.graph().orElseThrow(), shape, DType.F32, 1)
        .work()
        .orElseThrow();
  }

  @Test
  void layersAreSweptUpToTheLastInputAndAdvancedToTheLastButOne() throws IOException {
    Work work = work("llama-fp32", "'re:.*_proj'");

    // Hidden 64, 4 heads of 16 on 2, intermediate 128.
    double projections = 2.0 * (2 * 64 * 64 + 2 * 64 * 32);
    double gateAndUp = 2.0 * 2 * 64 * 128;
    double down = 2.0 * 64 * 128;
    // Each token sees 5.5 of the 10 on average, itself included.
    double attention = 2.0 * 4 * (16 + 16) * 5.5;
    assertThat(work.sweep())
        .isCloseTo(3 * TOKENS * (projections + attention + gateAndUp), within(1e-6));
    assertThat(work.advance())
        .isCloseTo(2 * TOKENS * (projections + attention + gateAndUp + down), within(1e-6));
    assertThat(work.gram()).isEqualTo(3 * TOKENS * (3 * 64 * 65 + 128 * 129));
    assertThat(work.solve())
        .isCloseTo(
            3
                * (2 * (3 * cube(64) + cube(128)) / 3
                    + square(64) * (64 + 2 * 32 + 64 + 2 * 128)
                    + square(128) * 64),
            within(1e-3));
    assertThat(work.total()).isEqualTo(work.sweep() + work.gram() + work.solve() + work.advance());
  }

  @Test
  void rangesTakeASweepAndSmoothingOneOfItsOwn() throws IOException {
    Work ranges =
        planned(
            "llama-fp32",
            "modifiers: {QuantizationModifier: {scheme: FP8, targets: ['re:.*_proj']}}");
    Work smoothed =
        planned(
            "llama-fp32",
            "modifiers: [{SmoothQuantModifier: {}}, {QuantizationModifier: {scheme: FP8, targets:"
                + " ['re:.*_proj']}}]");

    double projections = 2.0 * (2 * 64 * 64 + 2 * 64 * 32);
    double gateAndUp = 2.0 * 2 * 64 * 128;
    double attention = 2.0 * 4 * (16 + 16) * 5.5;
    assertThat(ranges.sweep())
        .isCloseTo(3 * TOKENS * (projections + attention + gateAndUp), within(1e-6));
    assertThat(ranges.gram() + ranges.solve()).isZero();
    // The second norm of a layer stands behind its attention.
    assertThat(smoothed.sweep() - ranges.sweep())
        .isCloseTo(3 * TOKENS * (projections + attention), within(1e-6));
  }

  @Test
  void expertsSeeTheirShareOfTheTokens() throws IOException {
    Work work = work("qwen3_moe-fp32", "'re:model.layers.0.mlp.experts.*.down_proj'");

    // Each token is routed to 3 of 8 experts, whose intermediate size is 64.
    assertThat(work.gram()).isCloseTo(TOKENS * 3 * 64 * 65, within(1e-6));
    double attention = 2.0 * (64 * 128 * 2 + 2 * 64 * 64) + 2.0 * 4 * (32 + 32) * 5.5;
    double router = 2.0 * 64 * 8;
    double experts = 3 * 2.0 * 2 * 64 * 64;
    assertThat(work.sweep()).isCloseTo(TOKENS * (attention + router + experts), within(1e-6));
    assertThat(work.advance()).as("of the embedding").isZero();
    assertThat(work.solve()).isCloseTo(8 * (2 * cube(64) / 3 + square(64) * 64), within(1e-6));
  }

  @Test
  void attentionSeesNoFartherThanItsWindow() {
    Attention all = Attention.causal("a", new Heads(1, 1, 1));
    Load load = new Load(20, 10);

    // Two sequences: 1 + 2 + ... + 10 keys each, a product with keys and one with values.
    assertThat(all.flops(List.of(), load)).isEqualTo(2 * 55 * 4);
    // 1 + 2 + 3 + 7 * 3 within three.
    assertThat(all.within(3).flops(List.of(), load)).isEqualTo(2 * 27 * 4);
    assertThat(all.within(100).flops(List.of(), load)).isEqualTo(all.flops(List.of(), load));
  }

  private static double square(double x) {
    return x * x;
  }

  private static double cube(double x) {
    return x * x * x;
  }
}
