/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.forward.RunnableModel;
import dev.sinter.graph.Sequences;
import dev.sinter.graph.Subgraph;
import dev.sinter.plan.CalibrationStep;
import dev.sinter.plan.ExpertTraffic;
import dev.sinter.plan.OutputSettings;
import dev.sinter.plan.Plan;
import dev.sinter.plan.Planner;
import dev.sinter.task.SliceStatistics.KeyedPart;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.GoldenModel;
import dev.sinter.testing.RecordedReads;
import dev.sinter.testing.Runs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An expert's forward, statistics and solves in a task of its own. */
class ExpertTaskTest {
  private static final int SLICES = 3;

  /** Tokens that weigh nothing always travel; so many never do. */
  private static final ExpertTraffic ROWS = new ExpertTraffic(0, SLICES);

  private static final ExpertTraffic TILES = new ExpertTraffic(1L << 40, SLICES);

  @TempDir private Path temp;

  private Path folder;
  private RunContext run;
  private List<Subgraph> subgraphs;
  private List<InputUnit> units;

  private void open(String name) throws IOException {
    folder = GoldenModel.named(name).folder();
    String location = RecordedReads.at(folder);
    Plan plan =
        Planner.plan(
            Checkpoint.open(FileStores.at(location)),
            Runs.recipe("GPTQModifier", "scheme: W8A16"),
            OutputSettings.DEFAULT);
    RunnableModel model = RunnableModel.open(location, Optional.empty());
    run = model.context("experts", temp.toString(), 4, 1);
    subgraphs = model.subgraphs();
    units = new ArrayList<>();
    CalibrationStep.of(subgraphs, plan.calibration())
        .get(2)
        .byValue()
        .forEach(
            (value, solved) ->
                units.add(
                    new InputUnit(
                        value,
                        List.of(),
                        new SolveUnit(
                            "unit-" + units.size(), solved.modules(), solved.activations()))));
  }

  private Subgraph layer() {
    return subgraphs.get(2);
  }

  private SweepTask sweep(ExpertTraffic traffic) {
    return SweepTask.of(run, layer(), units, traffic);
  }

  /** The micro-batches of a slice, as they enter the second layer. */
  private List<byte[]> blocks(int slice) {
    List<byte[]> blocks = new ArrayList<>();
    for (int batch = 0; batch < 2; batch++) {
      try (Scope scope = Scope.open()) {
        long[] ids = new long[10];
        for (int i = 0; i < ids.length; i++) {
          ids[i] = (i * 13L + batch * 7L + slice * 31L) % 256;
        }
        byte[] block =
            new ActivationBlock(Sequences.of(6, 1, 3), List.of(Tensors.of(ids, ids.length)))
                .encode();
        for (Subgraph before : subgraphs.subList(0, 2)) {
          block = new SubgraphTask(run, before, List.of()).advance(block);
        }
        blocks.add(block);
      }
    }
    return blocks;
  }

  private List<List<KeyedPart>> swept(SweepTask task) {
    List<List<KeyedPart>> parts = new ArrayList<>();
    for (int slice = 0; slice < SLICES; slice++) {
      List<KeyedPart> ofSlice = new ArrayList<>();
      try (SliceSweep sweep = task.sweep(blocks(slice).iterator())) {
        sweep.forEachRemaining(ofSlice::add);
      }
      parts.add(ofSlice);
    }
    return parts;
  }

  private List<SolvedUnit> solved(SweepTask task, int place, List<List<KeyedPart>> parts)
      throws IOException {
    List<InputUnit> own = units.stream().filter(unit -> task.place(unit) == place).toList();
    try (ValueWork work = task.work(place, own)) {
      for (int slice = 0; slice < SLICES; slice++) {
        for (KeyedPart keyed : parts.get(slice)) {
          if (keyed.observation() == place) {
            work.absorb(slice, keyed.statistic(), keyed.part());
          }
        }
      }
      return work.run(run.withoutParameters());
    }
  }

  private Map<String, String> files(SweepTask task) throws IOException {
    Map<String, String> files = new TreeMap<>();
    List<List<KeyedPart>> parts = swept(task);
    for (int place = 0; place < task.observations().size(); place++) {
      for (SolvedUnit unit : solved(task, place, parts)) {
        Path file = temp.resolve(RunContext.SOLVED).resolve(unit.file().name());
        String bytes = java.util.Arrays.toString(Files.readAllBytes(file));
        files.put(unit.id(), bytes + unit.modules());
      }
    }
    return files;
  }

  @ParameterizedTest
  @ValueSource(strings = {"mixtral-bf16", "qwen3_moe-bf16", "gpt_oss-bf16", "deepseek_v3-fp32"})
  void whatTravelsDoesNotChangeTheResult(String name) throws IOException {
    open(name);
    SweepTask rows = sweep(ROWS);
    SweepTask tiles = sweep(TILES);

    assertThat(rows.experts().size()).isGreaterThan(3);
    assertThat(tiles.experts()).isEmpty();
    assertThat(files(rows)).hasSize(units.size()).isEqualTo(files(tiles));
  }

  @Test
  void slicesReadNoExpertAndATaskReadsOne() throws IOException {
    open("qwen3_moe-bf16");
    SweepTask task = sweep(ROWS);
    for (int slice = 0; slice < SLICES; slice++) {
      blocks(slice);
    }
    WeightCache.clear();
    RecordedReads.tensors(folder);

    List<byte[]> given = blocks(0);
    RecordedReads.tensors(folder);
    try (SliceSweep sweep = task.sweep(given.iterator())) {
      sweep.forEachRemaining(part -> {});
    }
    assertThat(RecordedReads.tensors(folder))
        .contains("model.layers.1.self_attn.q_proj.weight", "model.layers.1.mlp.gate.weight")
        .noneMatch(tensor -> tensor.contains(".experts."));

    List<List<KeyedPart>> parts = swept(task);
    Set<String> seen = new HashSet<>();
    for (int place = 0; place < task.observations().size(); place++) {
      RecordedReads.tensors(folder);
      List<SolvedUnit> solved = solved(task, place, parts);
      Set<String> experts =
          RecordedReads.tensors(folder).stream()
              .filter(tensor -> tensor.contains(".experts."))
              .map(tensor -> tensor.replaceAll("(.*\\.experts\\.\\d+)\\..*", "$1"))
              .collect(Collectors.toSet());
      if (!experts.isEmpty()) {
        assertThat(experts).hasSize(1);
        assertThat(solved).as("gate and up, and down").hasSize(2);
        seen.addAll(experts);
      }
    }
    assertThat(seen).hasSize(8);
  }

  @Test
  void rowsLeaveBeforeTheNextMicroBatchIsRun() throws IOException {
    open("qwen3_moe-bf16");
    SweepTask task = sweep(ROWS);
    List<Integer> read = new ArrayList<>();
    Iterator<byte[]> blocks = blocks(0).iterator();
    Iterator<byte[]> counted =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return blocks.hasNext();
          }

          @Override
          public byte[] next() {
            read.add(read.size());
            return blocks.next();
          }
        };

    try (SliceSweep sweep = task.sweep(counted)) {
      for (int expert = 0; expert < 8; expert++) {
        KeyedPart rows = sweep.next();
        assertThat(task.experts()).containsKey(value(task, rows));
        assertThat(rows.part().row()).as("micro-batch").isZero();
      }
      assertThat(read).hasSize(1);
      assertThat(sweep.next().part().row()).isEqualTo(1);
      assertThat(read).hasSize(2);
    }
  }

  private static dev.sinter.graph.Value value(SweepTask task, KeyedPart part) {
    return task.observations().get(part.observation()).value();
  }

  @Test
  void refusesAUnitOfWhatWasNotSwept() throws IOException {
    open("qwen3_moe-bf16");
    SweepTask task = SweepTask.of(run, layer(), units.subList(0, 1), ROWS);

    assertThatThrownBy(() -> task.place(units.get(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unit-1 is of a value that was not swept");
  }
}
