/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.graph.Interpreter;
import dev.sinter.graph.Node;
import dev.sinter.graph.Sequences;
import dev.sinter.graph.Value;
import dev.sinter.statistic.Part;
import dev.sinter.statistic.StatisticType;
import dev.sinter.task.SliceStatistics.KeyedPart;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;

/**
 * Runs an expert on its tokens as they come, a micro-batch at a time, and adds up what is observed
 * as if slices had gathered it: what a slice's micro-batches give is summed up by itself, and then
 * added to what those before it gave. So it is the same to the bit, whichever way it went.
 */
final class ExpertForward implements AutoCloseable {
  /** Nothing in an expert looks at where sequences end; its rows are of some of their tokens. */
  private static final Sequences NO_SEQUENCES = new Sequences(List.of());

  private final SubgraphTask task;
  private final List<ValueSum> sums;
  private final List<Observation> observations;
  private final Set<Value> wanted;
  private final Interpreter interpreter;
  private final List<Node> nodes;
  private final List<Part> batch = new ArrayList<>();
  private Optional<WeightCache.Lease> lease = Optional.empty();
  private int slice = -1;
  private SliceStatistics statistics = new SliceStatistics(List.of());

  ExpertForward(SubgraphTask task, List<ValueSum> sums) {
    this.task = task;
    this.sums = List.copyOf(sums);
    this.observations = sums.stream().map(ValueSum::observation).toList();
    this.wanted = observations.stream().map(Observation::value).collect(Collectors.toSet());
    this.nodes = task.subgraph().nodesFor(wanted);
    this.interpreter = new Interpreter(nodes);
  }

  /** Takes in rows; slices come in their order, and in a slice its micro-batches. */
  void absorb(int from, Part rows) throws IOException {
    boolean isNext = from != slice || (!batch.isEmpty() && batch.get(0).row() != rows.row());
    if (isNext) {
      runBatch();
    }
    if (from != slice) {
      endSlice();
      slice = from;
      statistics = new SliceStatistics(observations);
    }
    batch.add(rows);
  }

  /** Behind the last rows: the weights are let go. */
  void finish() throws IOException {
    runBatch();
    endSlice();
    close();
  }

  private void runBatch() throws IOException {
    if (batch.isEmpty()) {
      return;
    }
    if (lease.isEmpty()) {
      task.run().enterTask();
      lease = Optional.of(task.lease(nodes));
    }
    long sequences = batch.get(0).sequences();
    try (Scope scope = Scope.open()) {
      interpreter.run(
          lease.get().weights().frame(NO_SEQUENCES),
          Map.of(tokens(), rows()),
          wanted,
          (value, x_NC) -> statistics.observe(value, x_NC, sequences));
    }
    batch.clear();
  }

  private Value tokens() {
    return task.subgraph().inputs().get(0);
  }

  /** The rows of the micro-batch, in the type that they were sent from. */
  private Tensor rows() {
    long channels = tokens().channels();
    long numbers = batch.stream().mapToLong(part -> part.values().length).sum();
    Tensor x_NC = Tensors.empty(DType.F32, Shape.of(numbers / channels, channels));
    if (numbers > 0) {
      FloatBuffer target = Tensors.buffer(x_NC).order(ByteOrder.nativeOrder()).asFloatBuffer();
      batch.forEach(part -> target.put(part.values()));
    }
    return Tensors.to(x_NC, task.run().dtype());
  }

  private void endSlice() {
    for (Iterator<KeyedPart> parts = statistics.parts(); parts.hasNext(); ) {
      KeyedPart keyed = parts.next();
      StatisticType type =
          observations.get(keyed.observation()).statistics().get(keyed.statistic());
      sums.get(keyed.observation()).absorb(type, keyed.part());
    }
    statistics.close();
  }

  @Override
  public void close() {
    statistics.close();
    lease.ifPresent(WeightCache.Lease::close);
    lease = Optional.empty();
  }
}
