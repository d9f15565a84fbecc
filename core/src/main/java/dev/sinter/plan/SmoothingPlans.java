/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Node;
import dev.sinter.graph.RmsNorm;
import dev.sinter.graph.SmoothingPair;
import dev.sinter.graph.SmoothingPairs;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.Smoother;
import dev.sinter.modifier.Smoothing;
import dev.sinter.modifier.Smoothing.Choice;
import dev.sinter.problem.Problems;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.tensor.DType;
import dev.sinter.weight.CheckpointWeights;
import dev.sinter.weight.ConvertedWeight;
import dev.sinter.weight.ModuleSource;
import dev.sinter.weight.TransposedWeight;
import dev.sinter.weight.WeightSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the pairs of a model that a recipe's methods smooth. */
record SmoothingPlans(
    ModuleTree tree,
    CheckpointWeights weights,
    Optional<DType> dtype,
    List<String> notices,
    Problems problems) {

  private static final String WEIGHT = ".weight";

  List<SmoothingPlan> of(List<Modifier> modifiers, Map<String, ModulePlan> planned) {
    List<SmoothingPlan> plans = new ArrayList<>();
    for (int i = 0; i < modifiers.size(); i++) {
      Optional<Smoothing> smoothing = modifiers.get(i).smoothing();
      if (smoothing.isPresent()) {
        add(i, modifiers.get(i).name(), smoothing.get(), planned, plans);
      }
    }
    return plans;
  }

  private void add(
      int method,
      String name,
      Smoothing smoothing,
      Map<String, ModulePlan> planned,
      List<SmoothingPlan> plans) {
    if (tree.graph().isEmpty()) {
      problems.add(
          name
              + " smooths pairs of modules that it finds in the model's graph, and this family is"
              + " not one that this version runs. docs/adding-an-architecture.md says how to add"
              + " it");
      return;
    }
    Graph graph = tree.graph().get();
    Choice choice = smoothing.pairs(SmoothingPairs.of(graph), tree.modules());
    choice.notices().forEach(notice -> notices.add(name + ": " + notice));
    choice.problems().forEach(problem -> problems.add(name + ": " + problem));
    Map<String, Node> nodes = new HashMap<>();
    graph.nodes().stream()
        .filter(node -> !node.op().parameters().isEmpty())
        .forEach(node -> nodes.putIfAbsent(node.module(), node));
    List<String> dense = new ArrayList<>();
    requireNoneTurnedInCodes(name, choice.pairs(), graph);
    for (SmoothingPair pair : choice.pairs()) {
      Node producer = nodes.get(pair.producer());
      List<SmoothingPlan.Linear> linears = linears(pair, planned);
      refuse(name, smoothing.smoother(), linears);
      if (smoothing.smoother().isForRounding()
          && linears.stream().allMatch(linear -> linear.args().isEmpty())) {
        dense.add(pair.producer());
      } else if (linears.size() == pair.linears().size()) {
        plans.add(
            new SmoothingPlan(
                method,
                smoothing.smoother(),
                SmoothingPlan.Pair.of(pair, producer.output().channels()),
                offset(producer),
                linears));
      }
    }
    sayDense(name, dense, choice.pairs().size());
  }

  /** A method that scales for rounding has nothing to do where weights stay dense. */
  private void sayDense(String name, List<String> dense, int pairs) {
    if (!dense.isEmpty() && dense.size() == pairs) {
      problems.add(
          name
              + " scales weights for a method that rounds them, and none of those that it means is"
              + " rounded; they are read from "
              + dense.get(0)
              + (pairs == 1 ? "" : " and " + (pairs - 1) + " more")
              + ". Let a QuantizationModifier behind it mean them");
    } else if (!dense.isEmpty()) {
      notices.add(
          name
              + " leaves alone what "
              + dense.get(0)
              + (dense.size() == 1 ? "" : " and " + (dense.size() - 1) + " more")
              + " put out: none of the weights that read it is rounded");
    }
  }

  private void refuse(String name, Smoother smoother, List<SmoothingPlan.Linear> linears) {
    linears.stream()
        .flatMap(linear -> linear.args().flatMap(smoother::refusal).stream())
        .distinct()
        .map(why -> name + ": " + why)
        .filter(problem -> !problems.found().contains(problem))
        .forEach(problems::add);
  }

  private static double offset(Node producer) {
    return producer.op() instanceof RmsNorm norm && norm.scaling() == RmsNorm.Scaling.OFFSET
        ? 1
        : 0;
  }

  private List<SmoothingPlan.Linear> linears(SmoothingPair pair, Map<String, ModulePlan> planned) {
    List<SmoothingPlan.Linear> linears = new ArrayList<>();
    for (String module : pair.linears()) {
      Optional<ModulePlan> plan = Optional.ofNullable(planned.get(module));
      Optional<WeightSource> weight =
          plan.map(ModulePlan::weight)
              .or(
                  () ->
                      Optional.ofNullable(weights.modules().get(module))
                          .map(ModuleSource::weight)
                          .map(stored -> typed(module, stored)));
      if (weight.isEmpty()) {
        problems.add(module + " is to be smoothed, and the checkpoint has no weight of it");
      } else {
        List<QuantizationArgs> args = plan.stream().map(found -> found.scheme().weights()).toList();
        linears.add(new SmoothingPlan.Linear(module, weight.get(), args));
      }
    }
    return linears;
  }

  /** Such codes are of [outputs, inputs] where a dense weight is the other way round. */
  private void requireNoneTurnedInCodes(String name, List<SmoothingPair> pairs, Graph graph) {
    Set<String> turned = graph.transposed();
    pairs.stream()
        .flatMap(pair -> Stream.concat(Stream.of(pair.producer()), pair.linears().stream()))
        .filter(module -> turned.contains(module + WEIGHT))
        .filter(module -> weights.modules().containsKey(module))
        .filter(module -> !weights.modules().get(module).isDense())
        .findFirst()
        .ifPresent(
            module ->
                problems.add(
                    name
                        + ": "
                        + module
                        + " is a Conv1D in codes, which is not smoothed. Give the dense model, as"
                        + " sinter decompress makes it"));
  }

  private WeightSource typed(String module, WeightSource stored) {
    boolean turned = tree.graph().orElseThrow().transposed().contains(module + WEIGHT);
    WeightSource weight = turned ? TransposedWeight.of(stored) : stored;
    return dtype.map(type -> ConvertedWeight.of(weight, type)).orElse(weight);
  }
}
