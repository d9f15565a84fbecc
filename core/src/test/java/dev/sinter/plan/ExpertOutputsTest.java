/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.json.Json;
import dev.sinter.tensor.DType;
import dev.sinter.testing.SmallCheckpoint;
import dev.sinter.weight.DenseTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stack of experts stays whole, or all of it stands apart. */
class ExpertOutputsTest {
  private static final String MLP = "model.layers.0.mlp.";
  private static final String STACK = MLP + "experts.";

  @TempDir private Path temp;
  private Checkpoint checkpoint;

  @BeforeEach
  void write() throws IOException {
    checkpoint =
        new SmallCheckpoint(
                Json.object("model_type", "gpt_oss", "hidden_size", 64, "dtype", "bfloat16"))
            .with(STACK + "gate_up_proj", DType.BF16, 2, 64, 96)
            .with(STACK + "gate_up_proj_bias", DType.BF16, 2, 96)
            .with(STACK + "down_proj", DType.BF16, 2, 48, 64)
            .with(STACK + "down_proj_bias", DType.BF16, 2, 64)
            .with(MLP + "router.weight", DType.BF16, 2, 64)
            .with("lm_head.weight", DType.BF16, 32, 64)
            .in(temp);
  }

  private static Map<String, String> expected(String... namesAndTypes) {
    Map<String, String> expected = new TreeMap<>();
    expected.put("lm_head.weight", "BF16 [32, 64]");
    expected.put(MLP + "router.weight", "BF16 [2, 64]");
    for (int i = 0; i < namesAndTypes.length; i += 2) {
      expected.put(STACK + namesAndTypes[i], namesAndTypes[i + 1]);
    }
    return expected;
  }

  private static void expert(Map<String, String> tensors, int expert, String matrix, int rows) {
    tensors.put(STACK + expert + "." + matrix + ".bias", "BF16 [" + rows + "]");
    int columns = matrix.equals("down_proj") ? 48 : 64;
    tensors.put(
        STACK + expert + "." + matrix + ".weight", "F8_E4M3 [" + rows + ", " + columns + "]");
    tensors.put(STACK + expert + "." + matrix + ".weight_scale", "BF16 [" + rows + ", 1]");
  }

  @Test
  void everyExpertIsAModuleOfItsOwn() {
    Plan plan = Plans.of(checkpoint, "scheme: FP8_DYNAMIC, ignore: [lm_head]");

    Map<String, String> expected = expected();
    for (int expert = 0; expert < 2; expert++) {
      expert(expected, expert, "gate_proj", 48);
      expert(expected, expert, "up_proj", 48);
      expert(expected, expert, "down_proj", 64);
    }
    assertThat(Plans.tensors(plan)).isEqualTo(expected);
    assertThat(Plans.modules(plan))
        .containsExactlyInAnyOrder(
            STACK + "0.gate_proj",
            STACK + "0.up_proj",
            STACK + "0.down_proj",
            STACK + "1.gate_proj",
            STACK + "1.up_proj",
            STACK + "1.down_proj");
    assertThat(((Json.Arr) Plans.ignored(plan)).items())
        .containsExactlyInAnyOrder(new Json.Str("lm_head"), new Json.Str(MLP + "router"));
    assertThat(plan.copied()).containsOnlyKeys("lm_head.weight", MLP + "router.weight");
    assertThat(plan.notices())
        .containsExactly(
            "2 stacks of experts, such as "
                + STACK
                + "down_proj, are written as a module for each expert, the form that vLLM reads; Transformers 5 loads it only for families whose own checkpoints keep experts apart. To keep them stacked and dense, ignore re:.*experts.*");
  }

  @Test
  void stackThatNobodyTargetsStaysWholeWithItsBiases() {
    Plan plan = Plans.of(checkpoint, "scheme: FP8_DYNAMIC, ignore: ['re:.*experts']");

    Map<String, String> expected =
        expected(
            "gate_up_proj", "BF16 [2, 64, 96]",
            "gate_up_proj_bias", "BF16 [2, 96]",
            "down_proj", "BF16 [2, 48, 64]",
            "down_proj_bias", "BF16 [2, 64]");
    expected.put("lm_head.weight", "F8_E4M3 [32, 64]");
    expected.put("lm_head.weight_scale", "BF16 [32, 1]");
    assertThat(Plans.tensors(plan)).isEqualTo(expected);
    assertThat(plan.copied())
        .containsOnlyKeys(
            STACK + "gate_up_proj",
            STACK + "gate_up_proj_bias",
            STACK + "down_proj",
            STACK + "down_proj_bias",
            MLP + "router.weight");
    assertThat(plan.notices())
        .containsExactly(
            "2 tensors of two or more dimensions, such as "
                + STACK
                + "down_proj, are no weights of modules that are known or meant, and stay as they are: 88% of the bytes");
  }

  @Test
  void allExpertsOfAStackStandApartWhereOneIsTargeted() {
    Plan plan = Plans.of(checkpoint, "scheme: FP8_DYNAMIC, targets: ['" + STACK + "1.up_proj']");

    Map<String, String> expected =
        expected(
            "0.gate_proj.weight", "BF16 [48, 64]",
            "0.gate_proj.bias", "BF16 [48]",
            "0.up_proj.weight", "BF16 [48, 64]",
            "0.up_proj.bias", "BF16 [48]",
            "1.gate_proj.weight", "BF16 [48, 64]",
            "1.gate_proj.bias", "BF16 [48]",
            "down_proj", "BF16 [2, 48, 64]",
            "down_proj_bias", "BF16 [2, 64]");
    expert(expected, 1, "up_proj", 48);
    assertThat(Plans.tensors(plan)).isEqualTo(expected);
    assertThat(plan.dense()).hasSize(7).containsKey(STACK + "1.up_proj.bias");
    assertThat(((Json.Arr) Plans.ignored(plan)).items())
        .as("clients look for the experts of the whole stack by these names, too")
        .contains(
            new Json.Str(STACK + "0.gate_proj"),
            new Json.Str(STACK + "0.down_proj"),
            new Json.Str(STACK + "1.gate_proj"),
            new Json.Str(STACK + "1.down_proj"));
  }

  @Test
  void expertsThatStandApartTakeTheTypeThatIsAskedFor() {
    Plan plan =
        Planner.plan(
            checkpoint,
            Plans.rounding("scheme: FP8_DYNAMIC, targets: ['" + STACK + "1.up_proj']"),
            Plans.dtype(DType.F16));

    assertThat(Plans.tensors(plan))
        .containsEntry(STACK + "0.gate_proj.weight", "F16 [48, 64]")
        .containsEntry(STACK + "0.gate_proj.bias", "F16 [48]")
        .containsEntry(STACK + "1.up_proj.weight_scale", "F16 [48, 1]")
        .containsEntry(STACK + "down_proj", "F16 [2, 48, 64]");
    assertThat(plan.dense().values())
        .flatExtracting(DenseTensor::matrices)
        .allMatch(matrix -> matrix.dtype() == DType.F16);
    assertThat(plan.copied()).isEmpty();
  }

  @Test
  void expertsOfOneStackMayHaveSeveralSchemes() {
    Plan plan =
        Plans.of(
            checkpoint,
            "scheme: {FP8_DYNAMIC: ['re:.*experts.0'], MXFP4A16: ['re:.*experts.1.(gate|up)']}");

    assertThat(Plans.tensors(plan))
        .containsEntry(STACK + "0.up_proj.weight", "F8_E4M3 [48, 64]")
        .containsEntry(STACK + "1.up_proj.weight_packed", "U8 [48, 32]")
        .containsEntry(STACK + "1.up_proj.weight_scale", "U8 [48, 2]")
        .containsEntry(STACK + "1.down_proj.weight", "BF16 [64, 48]");
  }
}
