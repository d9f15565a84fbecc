/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.Attention;
import dev.sinter.graph.ExpertBranch;
import dev.sinter.graph.Node;
import dev.sinter.graph.Op;
import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import dev.sinter.modifier.Smoother;
import dev.sinter.problem.Problems;
import dev.sinter.statistic.StatisticType;
import dev.sinter.weight.ActivationPoint;
import dev.sinter.weight.ActivationPoint.Role;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A subgraph with what is done in it: pairs that are smoothed first, each by the value that it is
 * looked at at, and what is solved, by the values that it is solved of.
 */
public record CalibrationStep(
    Subgraph subgraph, List<Smoothed> smoothed, Map<Value, Solved> byValue) {
  public CalibrationStep {
    smoothed = List.copyOf(smoothed);
  }

  /**
   * A pair, and the value whose statistics its factors are chosen by.
   *
   * @param divided the values whose channels the factors divide: what the linear modules read, and
   *     what the producer makes where they read all of it
   */
  public record Smoothed(Value value, Set<Value> divided, SmoothingPlan plan) {}

  /**
   * What is solved of one value: modules that read it, which share its statistics and what is
   * prepared from them, and parameters by which clients round it.
   */
  public record Solved(List<ModulePlan> modules, List<ActivationPlan> activations) {
    private Solved() {
      this(new ArrayList<>(), new ArrayList<>());
    }

    /** What must be known of the value, each once, in an order that is always the same. */
    public List<StatisticType> statistics() {
      Set<StatisticType> types = new LinkedHashSet<>();
      for (ModulePlan module : modules) {
        module.solver().statistics(module.scheme().weights()).stream()
            .sorted(Comparator.comparing(StatisticType::label))
            .forEach(types::add);
        types.add(StatisticType.TOKENS);
      }
      activations.forEach(activation -> types.add(activation.statistic()));
      return List.copyOf(types);
    }
  }

  /** The steps of a calibration, up to the last subgraph in which something is done. */
  public static List<CalibrationStep> of(List<Subgraph> subgraphs, Calibration calibration) {
    Set<SmoothingPlan> left = new HashSet<>(calibration.smoothings());
    List<CalibrationStep> steps = new ArrayList<>();
    int needed = 0;
    for (Subgraph subgraph : subgraphs) {
      CalibrationStep step =
          new CalibrationStep(
              subgraph, smoothed(subgraph, calibration), solved(subgraph, calibration));
      step.smoothed.forEach(smoothed -> left.remove(smoothed.plan()));
      steps.add(step);
      needed = step.isIdle() ? needed : steps.size();
    }
    requireWhole(left);
    return List.copyOf(steps.subList(0, needed));
  }

  private boolean isIdle() {
    return smoothed.isEmpty() && byValue.isEmpty();
  }

  /** What comes before a cut is done when what comes behind it is looked at. */
  private static void requireWhole(Set<SmoothingPlan> cut) {
    Problems problems = new Problems();
    for (SmoothingPlan plan : cut) {
      problems.add(
          plan.pair().producer()
              + " and "
              + String.join(", ", plan.pair().linears())
              + " are smoothed together, and sequential_targets cut the model between them. Name"
              + " targets that hold both, such as the decoder layer");
    }
    problems.throwIfAny();
  }

  private static List<Smoothed> smoothed(Subgraph subgraph, Calibration calibration) {
    Map<String, Node> nodes = new HashMap<>();
    subgraph.nodes().stream()
        .filter(node -> !node.op().parameters().isEmpty())
        .forEach(node -> nodes.putIfAbsent(node.module(), node));
    List<Smoothed> smoothed = new ArrayList<>();
    for (SmoothingPlan plan : calibration.smoothings()) {
      if (nodes.keySet().containsAll(plan.pair().modules())) {
        Value made = nodes.get(plan.pair().producer()).output();
        List<Value> read =
            plan.pair().linears().stream()
                .map(linear -> nodes.get(linear).inputs().get(0))
                .toList();
        Set<Value> divided = new LinkedHashSet<>(read);
        if (plan.isOfWholeOutput()) {
          divided.add(made);
        }
        Value value = plan.point() == Smoother.Point.PRODUCED ? made : read.get(0);
        smoothed.add(new Smoothed(value, divided, plan));
      }
    }
    return smoothed;
  }

  private static Map<Value, Solved> solved(Subgraph subgraph, Calibration calibration) {
    Map<String, ModulePlan> modules = new HashMap<>();
    calibration.modules().forEach(module -> modules.put(module.module(), module));
    Map<ActivationPoint, ActivationPlan> activations = new HashMap<>();
    calibration.activations().forEach(plan -> activations.put(plan.point(), plan));
    Map<Value, Solved> solved = new LinkedHashMap<>();
    for (Node node : subgraph.nodes()) {
      if (node.op() instanceof Op.Linear linear && modules.containsKey(linear.module())) {
        at(node.inputs().get(0), solved).modules().add(modules.get(linear.module()));
      }
      points(node)
          .forEach(
              (point, value) -> {
                if (activations.containsKey(point)) {
                  at(value, solved).activations().add(activations.get(point));
                }
              });
    }
    return solved;
  }

  private static Solved at(Value value, Map<Value, Solved> solved) {
    return solved.computeIfAbsent(value, key -> new Solved());
  }

  /** Where clients may round what a node reads and makes. */
  private static Map<ActivationPoint, Value> points(Node node) {
    Map<ActivationPoint, Value> points = new LinkedHashMap<>();
    if (node.op() instanceof Op.Linear linear) {
      points.put(new ActivationPoint(linear.module(), Role.INPUT), node.inputs().get(0));
      points.put(new ActivationPoint(linear.module(), Role.OUTPUT), node.output());
    } else if (node.op() instanceof Attention attention) {
      points.put(new ActivationPoint(attention.module(), Role.QUERY), node.inputs().get(0));
      points.put(new ActivationPoint(attention.module(), Role.KEY), node.inputs().get(1));
      points.put(new ActivationPoint(attention.module(), Role.VALUE), node.inputs().get(2));
    }
    return points;
  }

  /**
   * Whether data runs through the subgraph once for all that is done in it. Statistics of what is
   * smoothed follow from those of before, where all that are wanted of it do; a range over several
   * channels does not, and must be looked at again.
   */
  public boolean isSweptOnce() {
    List<Set<Value>> methods = smoothedByMethod();
    if (methods.isEmpty() || (methods.size() == 1 && byValue.isEmpty())) {
      return true;
    }
    int first = smoothed.get(0).plan().method();
    return byValue.values().stream()
            .flatMap(solved -> solved.statistics().stream())
            .allMatch(StatisticType::followsRescaling)
        && smoothed.stream()
            .filter(one -> one.plan().method() != first)
            .flatMap(one -> one.plan().smoother().statistics().stream())
            .allMatch(StatisticType::followsRescaling);
  }

  /** Whether what is solved here is seen by the subgraphs behind. */
  public boolean changesWhatFollows() {
    return byValue.values().stream()
        .flatMap(solved -> solved.modules().stream())
        .anyMatch(module -> module.solver().changesWhatFollows());
  }

  /** Whether the forward that gathers statistics makes the inputs of the next subgraph, too. */
  boolean isLeftAsSwept(ExpertTraffic traffic) {
    return !isIdle() && !changesWhatFollows() && sweeps().size() == 1 && moved(traffic).isEmpty();
  }

  /** The experts whose tokens travel when all that is wanted is swept at once. */
  List<ExpertBranch> moved(ExpertTraffic traffic) {
    Map<Value, List<StatisticType>> wanted = new LinkedHashMap<>();
    byValue.forEach((value, solved) -> wanted.put(value, solved.statistics()));
    return traffic.moved(subgraph, wanted);
  }

  /** The values whose Gram matrices are computed; one that is swept again is there twice. */
  List<Value> gramMatrices() {
    List<Value> values = new ArrayList<>();
    for (Smoothed one : smoothed) {
      if (one.plan().smoother().statistics().contains(StatisticType.GRAM)) {
        values.add(one.value());
      }
    }
    byValue.forEach(
        (value, solved) -> {
          if (solved.statistics().contains(StatisticType.GRAM)) {
            values.add(value);
          }
        });
    return isSweptOnce() ? List.copyOf(new LinkedHashSet<>(values)) : values;
  }

  private List<Set<Value>> smoothedByMethod() {
    Map<Integer, Set<Value>> byMethod = new TreeMap<>();
    for (Smoothed one : smoothed) {
      byMethod
          .computeIfAbsent(one.plan().method(), method -> new LinkedHashSet<>())
          .add(one.value());
    }
    return List.copyOf(byMethod.values());
  }

  /** What is looked at, each time that data runs through the subgraph before it is left. */
  List<Set<Value>> sweeps() {
    List<Set<Value>> sweeps = new ArrayList<>(smoothedByMethod());
    if (!byValue.isEmpty()) {
      sweeps.add(byValue.keySet());
    }
    if (sweeps.size() > 1 && isSweptOnce()) {
      Set<Value> all = new LinkedHashSet<>();
      sweeps.forEach(all::addAll);
      return List.of(all);
    }
    return sweeps;
  }

  /** The modules that are solved with statistics, by the values that they read. */
  Map<Value, List<ModulePlan>> modulesByInput() {
    Map<Value, List<ModulePlan>> modules = new LinkedHashMap<>();
    byValue.forEach(
        (value, solved) -> {
          if (!solved.modules().isEmpty()) {
            modules.put(value, solved.modules());
          }
        });
    return modules;
  }
}
