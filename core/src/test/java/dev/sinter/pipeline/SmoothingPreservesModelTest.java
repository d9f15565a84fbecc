/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Sequences;
import dev.sinter.json.Json;
import dev.sinter.recipe.Recipes;
import dev.sinter.session.SampleSource;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.GoldenModel;
import dev.sinter.testing.ModelRun;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A model that is smoothed and not rounded puts out what it put out before, in every family. */
class SmoothingPreservesModelTest {
  /** Norms stand behind their linears there, or have no weights. */
  private static final Set<String> WITHOUT_PAIRS =
      Set.of("olmo2-fp32", "olmo3-fp32", "opt_narrow-fp32", "opt_plain-fp32");

  @TempDir private Path temp;

  private static Stream<String> models() throws IOException {
    try (Stream<Path> folders = Files.list(TestData.golden().resolve("models"))) {
      return folders
          .map(folder -> folder.getFileName().toString())
          .filter(name -> name.endsWith("-fp32"))
          .filter(name -> !WITHOUT_PAIRS.contains(name))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void logitsStay(String name) throws IOException {
    logitsStay(name, "{}");
  }

  /** Experts see different tokens, and may be stacked; routers are scaled with them. */
  @ParameterizedTest
  @ValueSource(strings = {"qwen3_moe-fp32", "gpt_oss-fp32"})
  void logitsStayWhereExpertsAreMapped(String name) throws IOException {
    logitsStay(
        name,
        "{mappings: [[['re:.*experts.*gate_proj', 're:.*experts.*up_proj'],"
            + " 're:.*post_attention_layernorm']]}");
  }

  @Test
  void conv1dInCodesIsRefused() throws IOException {
    Path coded = temp.resolve("coded");
    Runs.run(
        Runs.request(
            GoldenModel.named("gpt2-fp32").folder(),
            coded,
            Runs.recipe("QuantizationModifier", "scheme: W8A16", "targets: [Conv1D]"),
            Optional.empty()));

    assertThatThrownBy(
            () ->
                Runs.run(
                    Runs.request(
                        coded,
                        temp.resolve("out"),
                        Recipes.parse("test.yaml", "modifiers: {SmoothQuantModifier: {}}"),
                        Optional.of(TestData.calibration()))))
        .hasMessageContaining("c_attn is a Conv1D in codes, which is not smoothed.")
        .hasMessageContaining("sinter decompress");
  }

  private void logitsStay(String name, String settings) throws IOException {
    GoldenModel model = GoldenModel.named(name);
    Path output = temp.resolve("out");
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> reference = model.reference();
      Tensor ids_BT = reference.get("input_ids");
      Runs.run(
          Runs.request(
              model.folder(),
              output,
              Recipes.parse("test.yaml", "modifiers: {SmoothQuantModifier: " + settings + "}"),
              Optional.of(new Given(ids_BT))));

      float[] before = logits(model, ids_BT);
      float[] after = logits(new GoldenModel(output), ids_BT);
      double largest = 0;
      double off = 0;
      for (int i = 0; i < before.length; i++) {
        largest = Math.max(largest, Math.abs(before[i]));
        off = Math.max(off, Math.abs(before[i] - after[i]));
      }
      assertThat(off / largest).isBetween(0.0, 2e-5);
      assertThat(off).isPositive();
    }
  }

  private static float[] logits(GoldenModel model, Tensor ids_BT) throws IOException {
    try (Scope scope = Scope.open()) {
      Graph graph = model.graph();
      List<Integer> lengths = new ArrayList<>();
      for (int i = 0; i < ids_BT.size(0); i++) {
        lengths.add((int) ids_BT.size(1));
      }
      Tensor ids_N = ids_BT.reshape(-1);
      return new ModelRun(graph, model.weights(graph))
          .whole(ids_N, new Sequences(lengths))
          .get("logits");
    }
  }

  /** The samples that the reference ran. */
  private record Given(Tensor ids_BT) implements SampleSource {
    @Override
    public Json.Obj identity() {
      return Json.object("rows", ids_BT.size(0));
    }

    @Override
    public List<int[]> samples() {
      List<int[]> samples = new ArrayList<>();
      for (int row = 0; row < ids_BT.size(0); row++) {
        try (Scope scope = Scope.open()) {
          float[] ids =
              Tensors.floats(Tensors.to(ids_BT.select(0, row), dev.sinter.tensor.DType.F32));
          int[] sample = new int[ids.length];
          for (int i = 0; i < ids.length; i++) {
            sample[i] = (int) ids[i];
          }
          samples.add(sample);
        }
      }
      return samples;
    }
  }
}
