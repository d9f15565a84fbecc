/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.ExpertBranch;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Node;
import dev.sinter.graph.Parameter;
import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import dev.sinter.modifier.SolveCost;
import dev.sinter.quantization.Quantizer.Coupling;
import dev.sinter.tensor.DType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The memory that a run takes, an estimate from above: executors of so many cores, a task on each.
 * Tensors live outside the heap, in what Spark calls overhead. All constants are here.
 *
 * @param terms what the overhead is made of
 */
public record Footprint(
    int cores, List<Term> terms, long executorHeap, long executorOverhead, long driverHeap) {
  private static final long MIB = 1L << 20;

  /** The JVM beside its heap, PyTorch's libraries and what the C library keeps of its own. */
  private static final long NATIVE_BASE = 320 * MIB;

  /** Spark, and what it keeps of a run. */
  private static final long HEAP_BASE = 448 * MIB;

  /** Tiles of statistics on their way through the shuffle, and buffers of files. */
  private static final long HEAP_OF_TASK = 32 * MIB;

  /** Blocks of rows, buffers and what they are made into, where a shard is written. */
  private static final long WRITING = 32 * MIB;

  /** A weight that is rounded whole is there so many times in fp32. */
  private static final int COPIES_OF_WHOLE = 6;

  /** What a node of the graph, or a tensor, takes in the driver's heap. */
  private static final long HEAP_OF_ITEM = 4096;

  /** The same where a model runs: threads, and what products of matrices keep for each of them. */
  private static final long RUNNING_BASE = 512 * MIB;

  /** What is freed stays with the C library, and not all of it fits what comes next. */
  private static final double GAPS = 1.25;

  /** The same where sweeps, solves and advances, each of other sizes, follow one another. */
  private static final double GAPS_OF_STEPS = 1.75;

  /** Settings are multiples of this. */
  private static final long STEP = 128 * MIB;

  public Footprint {
    terms = List.copyOf(terms);
  }

  /** A part of the memory: so many bytes, so many times. */
  public record Term(String what, long bytes, int times) {
    long total() {
      return bytes * times;
    }
  }

  /** Enough for either. */
  Footprint or(Footprint other) {
    return new Footprint(
        cores,
        executorOverhead >= other.executorOverhead ? terms : other.terms,
        Math.max(executorHeap, other.executorHeap),
        Math.max(executorOverhead, other.executorOverhead),
        Math.max(driverHeap, other.driverHeap));
  }

  /** All memory of a machine that is driver and executor in one. */
  public long ofOneMachine() {
    return Math.max(executorHeap, driverHeap) + executorOverhead;
  }

  /** A run that needs no data: shards are written, one in each task. */
  static Footprint ofWriting(Plan plan, int cores) {
    long whole =
        plan.modules().stream()
            .filter(
                module ->
                    module.solver().coupling(module.scheme().weights()) == Coupling.WHOLE
                        && module.solver().statistics(module.scheme().weights()).isEmpty())
            .mapToLong(module -> module.weight().shape().elements())
            .max()
            .orElse(0);
    List<Term> terms = new ArrayList<>();
    terms.add(new Term("JVM and libraries", NATIVE_BASE, 1));
    terms.add(new Term("blocks of weights", WRITING, cores));
    if (whole > 0) {
      terms.add(new Term("a weight whole", whole * Float.BYTES * COPIES_OF_WHOLE, cores));
    }
    return of(cores, terms, GAPS, HEAP_BASE + cores * HEAP_OF_TASK, plan.shards().size());
  }

  static Footprint ofCalibration(
      Graph graph, List<CalibrationStep> steps, CalibrationShape shape, DType dtype, int cores) {
    Sizes sizes = new Sizes(graph, shape, dtype);
    int tasks = Math.min(cores, shape.slices());
    List<Term> terms = new ArrayList<>();
    terms.add(new Term("JVM and libraries", RUNNING_BASE, 1));
    terms.add(new Term("weights of two subgraphs", sizes.keptWeights(steps, tasks), 1));
    long sweep = steps.stream().mapToLong(sizes::sweep).max().orElse(0);
    long solve = steps.stream().mapToLong(step -> sizes.solve(step, cores)).max().orElse(0);
    terms.add(
        sweep * tasks >= solve
            ? new Term("activations and statistics of a slice", sweep, tasks)
            : new Term("solving the largest inputs at once", solve, 1));
    long blocks = steps.stream().mapToLong(sizes::block).max().orElse(0);
    long heap = HEAP_BASE + tasks * (HEAP_OF_TASK + 3 * blocks);
    return of(cores, terms, GAPS_OF_STEPS, heap, graph.nodes().size() + graph.parameters().size());
  }

  private static Footprint of(int cores, List<Term> terms, double gaps, long heap, long items) {
    double overhead = gaps * terms.stream().mapToLong(Term::total).sum();
    return new Footprint(
        cores,
        terms,
        rounded(heap),
        rounded((long) overhead),
        rounded(HEAP_BASE + items * HEAP_OF_ITEM));
  }

  private static long rounded(long bytes) {
    return (bytes + STEP - 1) / STEP * STEP;
  }

  private static long solve(List<ModulePlan> modules) {
    long largest = 0;
    for (ModulePlan module : modules) {
      SolveCost cost = module.solver().cost(module.weight().columns());
      largest = Math.max(largest, cost.bytes(module.weight().rows()));
    }
    return largest;
  }

  /** The sizes of what subgraphs hold. */
  private static final class Sizes {
    private final Map<String, Parameter> parameters = new HashMap<>();
    private final CalibrationShape shape;
    private final int bytes;

    Sizes(Graph graph, CalibrationShape shape, DType dtype) {
      graph.parameters().forEach(parameter -> parameters.put(parameter.name(), parameter));
      this.shape = shape;
      this.bytes = dtype.bits() / Byte.SIZE;
    }

    /**
     * Those of a subgraph and of the one before it: the one is swept, the other advanced. Of those
     * that are run in pieces, the pieces that tasks use, and two more.
     */
    long keptWeights(List<CalibrationStep> steps, int tasks) {
      long most = 0;
      long before = 0;
      for (CalibrationStep step : steps) {
        long weights = weights(step.subgraph().nodes());
        long pieces = (tasks + 2) * largestPiece(step.subgraph());
        most = Math.max(most, Math.min(before + weights, pieces));
        before = weights;
      }
      return most;
    }

    /** The weights that are there at once where a subgraph is cut between its experts. */
    private long largestPiece(Subgraph subgraph) {
      Set<Value> all = new HashSet<>();
      subgraph.nodes().forEach(node -> all.add(node.output()));
      long whole = weights(subgraph.nodes());
      long outside = whole;
      long largest = CalibrationShape.PIECE_BYTES;
      for (ExpertBranch branch : ExpertBranch.of(subgraph, all)) {
        long expert = weights(branch.nodes().nodes());
        largest = Math.max(largest, expert);
        outside -= expert;
      }
      return Math.min(whole, Math.max(largest, outside));
    }

    private long weights(List<Node> nodes) {
      Set<String> names = new HashSet<>();
      nodes.forEach(node -> names.addAll(node.op().parameters()));
      return bytes
          * names.stream().mapToLong(name -> parameters.get(name).shape().elements()).sum();
    }

    /** A micro-batch between subgraphs. */
    long block(CalibrationStep step) {
      return shape.batchTokens() * bytes * width(step.subgraph().outputs());
    }

    /** What as many tasks take at once as there are cores, each with one input or one expert. */
    long solve(CalibrationStep step, int cores) {
      Map<Value, List<ModulePlan>> byInput = new HashMap<>(step.modulesByInput());
      List<Long> tasks = new ArrayList<>();
      for (ExpertBranch branch : step.moved(shape.traffic())) {
        List<List<ModulePlan>> own = new ArrayList<>();
        for (Value value : branch.nodes().outputs()) {
          Optional.ofNullable(byInput.remove(value)).ifPresent(own::add);
        }
        long grams = grams(branch.nodes().outputs());
        long solving = own.stream().mapToLong(Footprint::solve).max().orElse(0);
        // The sums of a slice stand beside those of all, and the rows beside the weights.
        double rows = shape.batchTokens() * branch.share() * branch.tokens().channels();
        long forward =
            grams + weights(branch.nodes().nodes()) + (long) (rows * (bytes + Float.BYTES));
        tasks.add(grams + Math.max(forward, solving));
      }
      byInput.values().forEach(modules -> tasks.add(Footprint.solve(modules)));
      tasks.sort(Comparator.reverseOrder());
      return tasks.stream().limit(cores).mapToLong(bytes -> bytes).sum();
    }

    /** The Gram matrices that a slice holds at once, of values of experts those of a piece. */
    private long gramsOfSlice(CalibrationStep step) {
      Set<Value> inputs = new HashSet<>(step.modulesByInput().keySet());
      inputs.addAll(step.gramMatrices());
      List<ExpertBranch> moved = step.moved(shape.traffic());
      moved.forEach(branch -> branch.nodes().outputs().forEach(inputs::remove));
      long whole = grams(inputs);
      if (step.isLeftAsSwept(shape.traffic())) {
        return whole;
      }
      long outside = whole;
      long largest = CalibrationShape.PIECE_BYTES;
      for (ExpertBranch branch : ExpertBranch.of(step.subgraph(), inputs)) {
        long expert = grams(branch.nodes().outputs());
        largest = Math.max(largest, expert);
        outside -= expert;
      }
      return Math.min(whole, Math.max(largest, outside));
    }

    /** The rows of a micro-batch that leave for experts. */
    private long rowsOfBatch(CalibrationStep step) {
      double channels = 0;
      for (ExpertBranch branch : step.moved(shape.traffic())) {
        channels += branch.share() * branch.tokens().channels();
      }
      return (long) (shape.batchTokens() * channels * bytes);
    }

    private static long grams(Collection<Value> values) {
      return values.stream()
          .mapToLong(value -> value.channels() * value.channels() * Float.BYTES)
          .sum();
    }

    /** A slice in a task: a micro-batch at its widest, and the statistics of its inputs. */
    long sweep(CalibrationStep step) {
      Subgraph subgraph = step.subgraph();
      Set<Value> inputs = step.modulesByInput().keySet();
      Set<Value> outputs = new HashSet<>(subgraph.outputs());
      List<Node> advanced = subgraph.nodesFor(outputs);
      long widest = Liveness.widest(advanced, subgraph.inputs(), outputs);
      long exact = inputs.stream().mapToLong(Value::channels).max().orElse(0) * Float.BYTES;
      // What goes on is copied before it is encoded.
      long copied = width(subgraph.outputs());
      return shape.batchTokens() * ((widest + copied) * bytes + exact)
          + rowsOfBatch(step)
          + gramsOfSlice(step);
    }

    private static long width(List<Value> values) {
      return values.stream().mapToLong(Value::channels).sum();
    }
  }
}
