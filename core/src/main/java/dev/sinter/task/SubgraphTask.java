/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.graph.Interpreter;
import dev.sinter.graph.Node;
import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import dev.sinter.plan.CalibrationShape;
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
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;

/**
 * Runs a subgraph on the micro-batches of a slice: to sweep it (gather statistics) or to advance
 * (make the next inputs).
 *
 * @param most how many bytes of weights and statistics are there at a time, unless what lies
 *     outside of experts, or one of them, has more
 */
public record SubgraphTask(RunContext run, Subgraph subgraph, List<SolvedModule> solved, long most)
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

  public SubgraphTask(RunContext run, Subgraph subgraph, List<SolvedModule> solved) {
    this(run, subgraph, solved, CalibrationShape.PIECE_BYTES);
  }

  /** The inputs of the next subgraph for one micro-batch. */
  public byte[] advance(byte[] block) {
    return advance(List.of(block).iterator(), new SliceStatistics(List.of())).next();
  }

  /** Those for the micro-batches of a slice, and what passes on the way is taken in. */
  public SliceAdvance advance(Iterator<byte[]> blocks, SliceStatistics statistics) {
    return new SliceAdvance(this, blocks, statistics);
  }

  /** The statistics of a slice, in parts. */
  public SliceSweep sweep(Iterator<byte[]> blocks, List<Observation> observations) {
    return new SliceSweep(this, observations, blocks);
  }

  /**
   * Whether it runs in one piece when values are observed and outputs made, so that doing both at
   * once holds no more than a sweep.
   */
  public boolean runsWhole(List<Observation> observations) {
    Set<Value> observed = new HashSet<>();
    observations.forEach(observation -> observed.add(observation.value()));
    return pieces(observed, new HashSet<>(subgraph.outputs()), observations).size() == 1;
  }

  /** In which pieces the subgraph runs for outputs and observed values. */
  List<Subgraph> pieces(Set<Value> observed, Set<Value> outputs, List<Observation> observations) {
    Map<Value, Long> gathered = new HashMap<>();
    for (Observation observation : observations) {
      gathered.put(observation.value(), observation.bytes());
    }
    return Segments.of(
        subgraph,
        observed,
        outputs,
        node -> weights(node) + gathered.getOrDefault(node.output(), 0L),
        most);
  }

  private long weights(Node node) {
    return node.op().parameters().stream()
        .mapToLong(name -> run.parameters().get(name).shape().elements())
        .map(elements -> elements * run.dtype().bits() / Byte.SIZE)
        .sum();
  }

  /** The subgraph with its weights at hand, until it is closed. */
  Open open() throws IOException {
    return new Open(lease(subgraph.nodes()));
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

  private Map<Value, Tensor> inputs(ActivationBlock block) {
    Map<Value, Tensor> inputs = new LinkedHashMap<>();
    for (int i = 0; i < block.tensors().size(); i++) {
      inputs.put(subgraph.inputs().get(i), block.tensors().get(i));
    }
    return inputs;
  }

  WeightCache.Lease lease(List<Node> nodes) throws IOException {
    List<String> files = solved.stream().map(SolvedModule::file).toList();
    Set<String> parameters = new TreeSet<>();
    nodes.forEach(node -> parameters.addAll(node.op().parameters()));
    String what = run.checkpoint() + "|" + subgraph.name() + "|" + parameters + "|" + files;
    return WeightCache.shared()
        .lease(
            new WeightCache.Key(run.runId(), what), () -> SubgraphWeights.load(run, nodes, solved));
  }
}
