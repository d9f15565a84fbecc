/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.json.Json;
import dev.sinter.tensor.DType;
import dev.sinter.testing.SmallCheckpoint;
import dev.sinter.weight.CheckpointWeights;
import dev.sinter.weight.WeightSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who shares a global scale with whom. */
class SharedScalesTest {
  private static final String LAYER = "model.layers.0.";

  @TempDir private Path temp;

  private Checkpoint model(String... modules) throws IOException {
    SmallCheckpoint model =
        new SmallCheckpoint(Json.object("model_type", "deepseek_v3", "dtype", "bfloat16"));
    for (String module : modules) {
      model.with(LAYER + module + ".weight", DType.BF16, 32, 64);
    }
    return model.in(temp);
  }

  /** For each module that shares, the last names of those it shares with. */
  private static Map<String, String> sharing(Checkpoint checkpoint, Plan plan) {
    Map<WeightSource, String> names =
        CheckpointWeights.of(checkpoint).modules().values().stream()
            .collect(Collectors.toMap(source -> source.weight(), source -> source.module()));
    Map<String, String> sharing = new TreeMap<>();
    for (ModulePlan module : plan.modules()) {
      TreeSet<String> others = new TreeSet<>();
      module.sharing().forEach(weight -> others.add(names.get(weight).substring(LAYER.length())));
      if (!others.isEmpty()) {
        sharing.put(module.module().substring(LAYER.length()), String.join(" ", others));
      }
    }
    return sharing;
  }

  @Test
  void modulesThatClientsFuseShare() throws IOException {
    Checkpoint checkpoint =
        model(
            "self_attn.q_proj",
            "self_attn.k_proj",
            "self_attn.v_proj",
            "self_attn.o_proj",
            "self_attn.q_a_proj",
            "self_attn.kv_a_proj_with_mqa",
            "self_attn.q_b_proj",
            "mlp.gate_proj",
            "mlp.up_proj",
            "mlp.down_proj",
            "mlp.experts.0.w1",
            "mlp.experts.0.w2",
            "mlp.experts.0.w3",
            "mlp.experts.1.w1",
            "mlp.experts.1.w3");
    Plan plan = Plans.of(checkpoint, "scheme: NVFP4A16");

    assertThat(plan.modules()).hasSize(15);
    assertThat(sharing(checkpoint, plan))
        .isEqualTo(
            new TreeMap<>(
                Map.ofEntries(
                    Map.entry("self_attn.q_proj", "self_attn.k_proj self_attn.v_proj"),
                    Map.entry("self_attn.k_proj", "self_attn.q_proj self_attn.v_proj"),
                    Map.entry("self_attn.v_proj", "self_attn.k_proj self_attn.q_proj"),
                    Map.entry("self_attn.q_a_proj", "self_attn.kv_a_proj_with_mqa"),
                    Map.entry("self_attn.kv_a_proj_with_mqa", "self_attn.q_a_proj"),
                    Map.entry("mlp.gate_proj", "mlp.up_proj"),
                    Map.entry("mlp.up_proj", "mlp.gate_proj"),
                    Map.entry("mlp.experts.0.w1", "mlp.experts.0.w3"),
                    Map.entry("mlp.experts.0.w3", "mlp.experts.0.w1"),
                    Map.entry("mlp.experts.1.w1", "mlp.experts.1.w3"),
                    Map.entry("mlp.experts.1.w3", "mlp.experts.1.w1"))));
    assertThat(plan.notices()).noneMatch(notice -> notice.contains("one matrix"));
  }

  @Test
  void memberThatIsIgnoredIsLeftOut() throws IOException {
    Checkpoint checkpoint = model("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj");
    Plan plan = Plans.of(checkpoint, "scheme: NVFP4A16, ignore: ['re:.*v_proj']");

    assertThat(sharing(checkpoint, plan))
        .isEqualTo(
            Map.of("self_attn.q_proj", "self_attn.k_proj", "self_attn.k_proj", "self_attn.q_proj"));
  }

  @Test
  void schemesWithoutAGlobalScaleShareNothing() throws IOException {
    Checkpoint checkpoint = model("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj");

    for (String scheme : List.of("MXFP4A16", "W8A8", "FP8_DYNAMIC", "W4A16")) {
      assertThat(sharing(checkpoint, Plans.of(checkpoint, "scheme: " + scheme))).isEmpty();
    }
  }

  @Test
  void differentSchemesInASetAreNoticedAndShareNothing() throws IOException {
    Checkpoint checkpoint = model("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj");
    String weights = "weights: {num_bits: 4, type: float, strategy: tensor_group, group_size: ";
    String tail = ", scale_dtype: torch.float8_e4m3fn";
    Plan plan =
        Plans.of(
            checkpoint,
            "config_groups: {a: {targets: ['re:.*[qk]_proj'], "
                + weights
                + "16"
                + tail
                + "}}, b: {targets: ['re:.*v_proj'], "
                + weights
                + "16"
                + tail
                + ", observer: memoryless_mse}}}");

    assertThat(sharing(checkpoint, plan)).isEmpty();
    assertThat(plan.notices())
        .contains(
            "model.layers.0.self_attn.k_proj, model.layers.0.self_attn.q_proj, model.layers.0.self_attn.v_proj are one matrix to clients such as vLLM, and have different schemes here: NVFP4A16 and b");
  }
}
