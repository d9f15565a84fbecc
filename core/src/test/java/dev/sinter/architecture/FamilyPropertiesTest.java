/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.ExpertCoverage;
import dev.sinter.graph.Experts;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Node;
import dev.sinter.graph.Op;
import dev.sinter.graph.Sequences;
import dev.sinter.graph.Sequences.Sequence;
import dev.sinter.graph.Value;
import dev.sinter.tensor.Scope;
import dev.sinter.testing.GoldenModel;
import dev.sinter.testing.ModelRun;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold of every family, whatever it computes. */
class FamilyPropertiesTest {

  static List<String> families() throws IOException {
    return FamilyGoldenTest.fp32();
  }

  static List<String> mixtures() throws IOException {
    return families().stream()
        .filter(name -> graph(name).nodes().stream().anyMatch(FamilyPropertiesTest::selects))
        .toList();
  }

  private static boolean selects(Node node) {
    return node.op() instanceof Experts.Select;
  }

  private static Graph graph(String name) {
    return GoldenModel.named(name).graph();
  }

  @ParameterizedTest
  @MethodSource("families")
  void sequencesOfUnequalLengthsGiveWhatEachGivesAlone(String name) throws IOException {
    GoldenModel model = GoldenModel.named(name);
    Graph graph = model.graph();
    Sequences packed = Sequences.of(40, 1, 33, 22);
    try (Scope scope = Scope.open()) {
      ModelRun run = new ModelRun(graph, model.weights(graph));
      Tensor ids_N = model.reference().get("input_ids").view(-1);
      Map<String, float[]> together = run.whole(ids_N, packed);

      for (Sequence sequence : packed.each()) {
        run.whole(
                ids_N.narrow(0, sequence.start(), sequence.length()),
                Sequences.of((int) sequence.length()))
            .forEach(
                (value, alone) ->
                    assertThat(
                            FamilyGoldenTest.relativeError(
                                rows(together.get(value), sequence, packed.tokens()), alone))
                        .as("%s of %s", value, sequence)
                        .isLessThanOrEqualTo(1e-5));
      }
    }
  }

  private static float[] rows(float[] values, Sequence sequence, long tokens) {
    int channels = (int) (values.length / tokens);
    int start = (int) sequence.start() * channels;
    return Arrays.copyOfRange(values, start, start + (int) sequence.length() * channels);
  }

  @ParameterizedTest
  @MethodSource("mixtures")
  void expertsThatSeeAllTokensGiveWhatThoseGiveThatSeeTheirOwn(String name) throws IOException {
    GoldenModel model = GoldenModel.named(name);
    Graph routed = model.graph();
    Graph all = model.graph(TraceOptions.USUAL.with(ExpertCoverage.ALL));
    try (Scope scope = Scope.open()) {
      Tensor ids_N = model.reference().get("input_ids").view(-1);
      Sequences sequences = Sequences.of(48, 48);
      Map<String, float[]> expected =
          new ModelRun(routed, model.weights(routed)).whole(ids_N, sequences);
      Map<String, float[]> found = new ModelRun(all, model.weights(all)).whole(ids_N, sequences);

      assertThat(found.keySet()).isEqualTo(expected.keySet());
      found.forEach(
          (value, floats) ->
              assertThat(FamilyGoldenTest.relativeError(floats, expected.get(value)))
                  .as(value)
                  .isLessThanOrEqualTo(1e-5));
    }
  }

  @ParameterizedTest
  @MethodSource("mixtures")
  void matricesOfExpertsThatSeeAllTokensShareOneInput(String name) {
    Graph routed = GoldenModel.named(name).graph();
    Graph all = GoldenModel.named(name).graph(TraceOptions.USUAL.with(ExpertCoverage.ALL));

    assertThat(all.nodes()).noneMatch(FamilyPropertiesTest::selects);
    assertThat(all.modules()).isEqualTo(routed.modules());
    assertThat(all.parameters()).isEqualTo(routed.parameters());
    long layers = routed.nodes().stream().filter(FamilyPropertiesTest::isRouter).count();
    assertThat(inputsOfFirstMatrices(all)).hasSize((int) layers);
    assertThat(inputsOfFirstMatrices(routed).size()).isGreaterThan((int) layers);
  }

  private static boolean isRouter(Node node) {
    return node.op() instanceof Experts.Router router && router.experts() > 1;
  }

  /** What the gates and ups of routed experts read. */
  private static Set<Value> inputsOfFirstMatrices(Graph graph) {
    Set<Value> inputs = new HashSet<>();
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Op.Linear linear
          && linear.module().matches(".*\\.experts\\..*(gate_proj|up_proj|w1|w3)")) {
        inputs.add(node.inputs().get(0));
      }
    }
    return inputs;
  }
}
