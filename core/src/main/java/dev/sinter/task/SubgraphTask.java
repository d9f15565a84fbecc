/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.graph.Interpreter;
import dev.sinter.graph.Node;
import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import dev.sinter.tensor.Scope;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * Runs a subgraph on the micro-batches of a slice: to sweep it (gather statistics) or to advance
 * (make the next inputs).
 */
public record SubgraphTask(RunContext run, Subgraph subgraph, List<SolvedModule> solved)
    implements Serializable {
  public SubgraphTask {
    Set<String> parameters = new HashSet<>();
    Set<String> modules = new HashSet<>();
    for (Node node : subgraph.nodes()) {
      parameters.addAll(node.op().parameters());
      modules.add(node.module());
    }
    run = run.restrictedTo(parameters, modules);
    solved = List.copyOf(solved);
  }

  /** The inputs of the next subgraph for one micro-batch. */
  public byte[] advance(byte[] block) throws IOException {
    try (SliceStatistics none = new SliceStatistics(List.of())) {
      return advance(block, none);
    }
  }

  /** The same, and what passes on the way is taken in. */
  public byte[] advance(byte[] block, SliceStatistics statistics) throws IOException {
    run.enterTask();
    Set<Value> wanted = new HashSet<>(subgraph.outputs());
    wanted.addAll(statistics.values());
    List<Node> nodes = subgraph.nodesFor(wanted);
    try (WeightCache.Lease lease = lease(nodes, "advance");
        Scope scope = Scope.open()) {
      Map<Value, Tensor> outputs = new HashMap<>();
      ActivationBlock given = ActivationBlock.decode(block);
      new Interpreter(nodes)
          .run(
              lease.weights().frame(given.sequences()),
              inputs(given),
              wanted,
              (value, tensor) -> {
                if (statistics.values().contains(value)) {
                  statistics.observe(value, tensor, given.sequences().count());
                }
                if (subgraph.outputs().contains(value)) {
                  outputs.put(value, tensor.contiguous().clone());
                }
              });
      List<Tensor> made = subgraph.outputs().stream().map(outputs::get).toList();
      return new ActivationBlock(given.sequences(), made).encode();
    }
  }

  /** The subgraph with its weights at hand, until it is closed. */
  Open open() throws IOException {
    return new Open(lease(subgraph.nodes(), "open"));
  }

  /** A subgraph that runs on tensors of its caller. */
  final class Open implements AutoCloseable {
    private final WeightCache.Lease lease;
    private final Interpreter interpreter = new Interpreter(subgraph.nodes());

    private Open(WeightCache.Lease lease) {
      this.lease = lease;
    }

    /** A value that no operation writes over, in the innermost scope. */
    Tensor run(ActivationBlock given, Value wanted) {
      List<Tensor> found = new ArrayList<>();
      interpreter.run(
          lease.weights().frame(given.sequences()),
          inputs(given),
          Set.of(wanted),
          (value, tensor) -> found.add(new Tensor(tensor)));
      return found.get(0);
    }

    @Override
    public void close() {
      lease.close();
    }
  }

  /** The statistics of a slice. */
  public SliceStatistics sweep(Iterator<byte[]> blocks, List<Observation> observations)
      throws IOException {
    run.enterTask();
    SliceStatistics statistics = new SliceStatistics(observations);
    try {
      List<Node> nodes = subgraph.nodesFor(statistics.values());
      Interpreter interpreter = new Interpreter(nodes);
      try (WeightCache.Lease lease = lease(nodes, "sweep")) {
        while (blocks.hasNext()) {
          try (Scope scope = Scope.open()) {
            ActivationBlock given = ActivationBlock.decode(blocks.next());
            long sequences = given.sequences().count();
            interpreter.run(
                lease.weights().frame(given.sequences()),
                inputs(given),
                statistics.values(),
                (value, x_NC) -> statistics.observe(value, x_NC, sequences));
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      statistics.close();
      throw e;
    }
    return statistics;
  }

  private Map<Value, Tensor> inputs(ActivationBlock block) {
    Map<Value, Tensor> inputs = new LinkedHashMap<>();
    for (int i = 0; i < block.tensors().size(); i++) {
      inputs.put(subgraph.inputs().get(i), block.tensors().get(i));
    }
    return inputs;
  }

  private WeightCache.Lease lease(List<Node> nodes, String purpose) throws IOException {
    List<String> files = solved.stream().map(SolvedModule::file).toList();
    int from = nodes.isEmpty() ? 0 : nodes.get(0).output().id();
    String what =
        run.checkpoint()
            + "|"
            + subgraph.name()
            + "|"
            + purpose
            + "|"
            + from
            + "+"
            + nodes.size()
            + "|"
            + files;
    return WeightCache.shared()
        .lease(
            new WeightCache.Key(run.runId(), what), () -> SubgraphWeights.load(run, nodes, solved));
  }
}
