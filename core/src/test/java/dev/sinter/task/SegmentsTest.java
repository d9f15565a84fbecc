/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.forward.RunnableModel;
import dev.sinter.graph.Op;
import dev.sinter.graph.Sequences;
import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import dev.sinter.statistic.StatisticType;
import dev.sinter.task.SliceStatistics.KeyedPart;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A subgraph that runs expert by expert gives what it gives whole, to the bit. */
class SegmentsTest {
  @TempDir private Path temp;

  private RunContext run;
  private List<Subgraph> subgraphs;

  private void open(String name) throws IOException {
    Path folder = TestData.golden().resolve("models").resolve(name);
    RunnableModel model = RunnableModel.open(folder.toString(), Optional.empty());
    run = model.context("segments", temp.toString(), 4, 1);
    subgraphs = model.subgraphs();
  }

  /** Micro-batches of the first layer's inputs. */
  private List<byte[]> blocks() {
    SubgraphTask embedding = new SubgraphTask(run, subgraphs.get(0), List.of());
    List<byte[]> blocks = new ArrayList<>();
    for (int batch = 0; batch < 3; batch++) {
      try (Scope scope = Scope.open()) {
        long[] ids = new long[40];
        for (int i = 0; i < ids.length; i++) {
          ids[i] = i * 5L + batch;
        }
        ActivationBlock block =
            new ActivationBlock(Sequences.of(16, 3, 20, 1), List.of(Tensors.of(ids, ids.length)));
        blocks.add(embedding.advance(block.encode()));
      }
    }
    return blocks;
  }

  private List<Observation> linearInputs() {
    Set<Value> inputs = new LinkedHashSet<>();
    // Also what lives on through many pieces.
    inputs.addAll(subgraphs.get(1).inputs());
    subgraphs.get(1).nodes().stream()
        .filter(node -> node.op() instanceof Op.Linear)
        .forEach(node -> inputs.add(node.inputs().get(0)));
    return inputs.stream()
        .map(
            value ->
                new Observation(value, List.of(StatisticType.CHANNEL_EXTREMES, StatisticType.GRAM)))
        .toList();
  }

  private static List<String> text(Iterable<KeyedPart> parts) {
    List<String> texts = new ArrayList<>();
    for (KeyedPart keyed : parts) {
      texts.add(
          keyed.observation()
              + " "
              + keyed.statistic()
              + " "
              + keyed.part().sequences()
              + Arrays.toString(keyed.part().values()));
    }
    // The engine sorts them: pieces run in another order than values are listed.
    Collections.sort(texts);
    return texts;
  }

  @ParameterizedTest
  @ValueSource(strings = {"mixtral-bf16", "qwen3_moe-bf16", "qwen2_moe-fp32", "llama-bf16"})
  void whatItGivesIsTheSame(String name) throws IOException {
    open(name);
    SubgraphTask whole = new SubgraphTask(run, subgraphs.get(1), List.of(), Long.MAX_VALUE);
    SubgraphTask apart = new SubgraphTask(run, subgraphs.get(1), List.of(), 1);

    assertThat(swept(apart)).isEqualTo(swept(whole));
    List<String> passing = new ArrayList<>();
    assertThat(advanced(apart, passing)).containsExactlyElementsOf(advanced(whole, passing));
    assertThat(passing.get(0)).isEqualTo(passing.get(1));
  }

  private List<String> swept(SubgraphTask task) {
    List<KeyedPart> parts = new ArrayList<>();
    try (SliceSweep sweep = task.sweep(blocks().iterator(), linearInputs())) {
      sweep.forEachRemaining(parts::add);
    }
    return text(parts);
  }

  private List<byte[]> advanced(SubgraphTask task, List<String> passing) {
    List<byte[]> out = new ArrayList<>();
    List<KeyedPart> parts = new ArrayList<>();
    try (SliceStatistics statistics = new SliceStatistics(linearInputs());
        SliceAdvance advance = task.advance(blocks().iterator(), statistics)) {
      advance.forEachRemaining(out::add);
      statistics.parts().forEachRemaining(parts::add);
    }
    passing.add(String.join("\n", text(parts)));
    return out;
  }

  @Test
  void anExpertIsAPieceAndWhatStandsBeforeThemAnother() throws IOException {
    open("mixtral-bf16");
    Subgraph layer = subgraphs.get(1);
    SubgraphTask task = new SubgraphTask(run, layer, List.of(), 1);

    List<Subgraph> pieces = task.pieces(Set.of(), new HashSet<>(layer.outputs()), List.of());

    long experts =
        layer.nodes().stream().filter(node -> node.module().matches(".*experts\\.\\d+")).count();
    assertThat(experts).isPositive();
    assertThat(pieces.stream().map(SegmentsTest::experts))
        .as("experts in each piece")
        .allSatisfy(names -> assertThat(names).hasSizeLessThanOrEqualTo(1));
    assertThat(
            new SubgraphTask(run, layer, List.of())
                .pieces(Set.of(), new HashSet<>(layer.outputs()), List.of()))
        .as("what is small runs whole")
        .hasSize(1);
  }

  /** The experts that a piece holds weights of. */
  private static Set<String> experts(Subgraph piece) {
    Set<String> names = new HashSet<>();
    for (var node : piece.nodes()) {
      node.op().parameters().stream()
          .filter(name -> name.contains(".experts."))
          .map(name -> name.replaceAll("(.*\\.experts\\.\\d+)\\..*", "$1"))
          .forEach(names::add);
    }
    return names;
  }
}
