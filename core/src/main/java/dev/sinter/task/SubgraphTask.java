/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.graph.Interpreter;
import dev.sinter.graph.Node;
import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import dev.sinter.statistic.Part;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import dev.sinter.tensor.Scope;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
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

  /** A part, and which statistic of which unit of the step it is for. */
  public record KeyedPart(int unit, int statistic, Part part) {}

  /** The inputs of the next subgraph for one micro-batch. */
  public byte[] advance(byte[] block) throws IOException {
    run.enterTask();
    Set<Value> wanted = new HashSet<>(subgraph.outputs());
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
              (value, tensor) -> outputs.put(value, tensor.contiguous().clone()));
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

  /**
   * The statistics of a slice, as parts that are made while they are asked for; native memory is
   * freed behind the last.
   */
  public PartIterator sweep(Iterator<byte[]> blocks, List<InputUnit> units) throws IOException {
    run.enterTask();
    Map<Value, Map<StatisticType, Statistic>> statistics = empty(units);
    try {
      List<Node> nodes = subgraph.nodesFor(statistics.keySet());
      Interpreter interpreter = new Interpreter(nodes);
      try (WeightCache.Lease lease = lease(nodes, "sweep")) {
        while (blocks.hasNext()) {
          try (Scope scope = Scope.open()) {
            ActivationBlock given = ActivationBlock.decode(blocks.next());
            long sequences = given.sequences().count();
            interpreter.run(
                lease.weights().frame(given.sequences()),
                inputs(given),
                statistics.keySet(),
                (value, x_NC) ->
                    statistics
                        .get(value)
                        .values()
                        .forEach(statistic -> statistic.observe(x_NC, sequences)));
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      close(statistics);
      throw e;
    }
    return new PartIterator(units, statistics);
  }

  private static Map<Value, Map<StatisticType, Statistic>> empty(List<InputUnit> units) {
    Map<Value, Map<StatisticType, Statistic>> statistics = new LinkedHashMap<>();
    for (InputUnit unit : units) {
      for (StatisticType type : unit.work().statistics()) {
        statistics
            .computeIfAbsent(unit.input(), value -> new LinkedHashMap<>())
            .computeIfAbsent(type, key -> key.empty(unit.channels()));
      }
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

  private static void close(Map<Value, Map<StatisticType, Statistic>> statistics) {
    statistics.values().forEach(types -> types.values().forEach(Statistic::close));
  }

  /**
   * Walks through the parts of all units; each part is made when it is asked for, since together
   * they may not fit.
   */
  public static final class PartIterator implements Iterator<KeyedPart>, AutoCloseable {
    private final Map<Value, Map<StatisticType, Statistic>> statistics;
    private final Iterator<Source> sources;
    private Iterator<KeyedPart> current = Collections.emptyIterator();

    private PartIterator(
        List<InputUnit> units, Map<Value, Map<StatisticType, Statistic>> statistics) {
      this.statistics = statistics;
      List<Source> all = new ArrayList<>();
      for (int i = 0; i < units.size(); i++) {
        List<StatisticType> types = units.get(i).work().statistics();
        for (int j = 0; j < types.size(); j++) {
          all.add(new Source(i, j, statistics.get(units.get(i).input()).get(types.get(j))));
        }
      }
      this.sources = all.iterator();
    }

    private record Source(int unit, int index, Statistic statistic) {
      Iterator<KeyedPart> parts() {
        Iterator<Part> parts = statistic.parts();
        return new Iterator<>() {
          @Override
          public boolean hasNext() {
            return parts.hasNext();
          }

          @Override
          public KeyedPart next() {
            return new KeyedPart(unit, index, parts.next());
          }
        };
      }
    }

    @Override
    public boolean hasNext() {
      while (!current.hasNext() && sources.hasNext()) {
        current = sources.next().parts();
      }
      boolean more = current.hasNext();
      if (!more) {
        close();
      }
      return more;
    }

    /** Frees the statistics; for whoever stops before the last part. */
    @Override
    public void close() {
      SubgraphTask.close(statistics);
      statistics.clear();
    }

    @Override
    public KeyedPart next() {
      if (!hasNext()) {
        throw new NoSuchElementException("All parts were handed out");
      }
      return current.next();
    }
  }
}
