/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Every smoothing pair of a model (arXiv 2211.10438, section 4; arXiv 2306.00978, section 3.2), as
 * the graph has them. Factors go through what treats channels alike and apart: products, multiples,
 * relu, picked channels, picked tokens, and attention from values to its output where each value
 * head has one query head. All else, a norm or a sum above all, ends them, and then there is no
 * pair.
 *
 * @param unpaired linear modules that no pair reaches, by why that is so
 */
public record SmoothingPairs(List<SmoothingPair> pairs, Map<String, List<String>> unpaired) {
  public SmoothingPairs {
    pairs = List.copyOf(pairs);
  }

  /** Why no pair reaches a linear module; empty if one does, or if there is no such module. */
  public Optional<String> obstacle(String linear) {
    return unpaired.entrySet().stream()
        .filter(reason -> reason.getValue().contains(linear))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  public static SmoothingPairs of(Graph graph) {
    return new Finder(graph).find();
  }

  private static final class Finder {
    private final Graph graph;
    private final Readers readers;
    private final Map<String, Parameter> parameters = new HashMap<>();
    private final Map<Value, Node> makers = new HashMap<>();
    private final Set<String> tied = new HashSet<>();
    private final List<SmoothingPair> pairs = new ArrayList<>();

    /** Why what a producer makes, or picked channels of it, cannot be scaled. */
    private final Map<Value, String> refusals = new HashMap<>();

    Finder(Graph graph) {
      this.graph = graph;
      this.readers = new Readers(graph);
      graph.parameters().forEach(parameter -> parameters.put(parameter.name(), parameter));
      graph.nodes().forEach(node -> makers.put(node.output(), node));
      tied.addAll(graph.ties().keySet());
      tied.addAll(graph.ties().values());
    }

    SmoothingPairs find() {
      graph.nodes().forEach(node -> producer(node).ifPresent(module -> follow(module, node)));
      Set<Value> reached = new HashSet<>();
      pairs.forEach(pair -> reached.addAll(pair.inputs()));
      Map<String, List<String>> unpaired = new LinkedHashMap<>();
      for (Node node : graph.nodes()) {
        if (node.op() instanceof Op.Linear linear && !reached.contains(node.inputs().get(0))) {
          String why = String.join("; ", obstacles(node.inputs().get(0)));
          unpaired.computeIfAbsent(why, key -> new ArrayList<>()).add(linear.module());
        }
      }
      return new SmoothingPairs(pairs, unpaired);
    }

    /** The module of a node whose parameters have a row for each channel that it makes. */
    private Optional<String> producer(Node node) {
      Op op = node.op();
      boolean scales = op instanceof Op.Linear || op instanceof RmsNorm || op instanceof LayerNorm;
      return Optional.ofNullable(parameters.get(node.module() + ".weight"))
          .filter(weight -> scales && op.parameters().contains(weight.name()))
          .filter(weight -> weight.shape().dimension(0) == node.output().channels())
          .map(weight -> node.module());
    }

    private void follow(String module, Node node) {
      List<Readers.Use> uses = readers.of(node.output());
      if (areApart(uses)) {
        for (Readers.Use use : uses) {
          ChannelPick rows = ((Carry.Picked) use.carry()).pick();
          follow(module, rows, List.of(use), use.node().output());
        }
      } else {
        follow(module, ChannelPick.all(node.output().channels()), uses, node.output());
      }
    }

    private void follow(String module, ChannelPick rows, List<Readers.Use> uses, Value made) {
      ScaleFlow flow = ScaleFlow.of(readers, graph, tied, uses);
      boolean own = !tied.contains(module + ".weight");
      if (own) {
        flow.pair(module, rows).ifPresent(pairs::add);
      }
      Optional<String> refusal =
          own ? flow.refusal() : Optional.of("its weight is another module's, too");
      refusal.ifPresent(why -> refusals.put(made, module + ": " + why));
    }

    /** Whether all who read a value pick channels that nobody else picks. */
    private static boolean areApart(List<Readers.Use> uses) {
      List<ChannelPick> picks = new ArrayList<>();
      for (Readers.Use use : uses) {
        if (!(use.carry() instanceof Carry.Picked picked)
            || !picks.stream().allMatch(picked.pick()::isApartFrom)) {
          return false;
        }
        picks.add(picked.pick());
      }
      return !picks.isEmpty();
    }

    /** What stands between a value and a module that could scale it. */
    private Set<String> obstacles(Value value) {
      if (refusals.containsKey(value)) {
        return Set.of(refusals.get(value));
      }
      Node maker = makers.get(value);
      if (maker == null) {
        return Set.of("the model's input");
      }
      Set<String> through = new LinkedHashSet<>();
      Set<String> lost = new LinkedHashSet<>();
      for (int i = 0; i < maker.inputs().size(); i++) {
        Carry carry = maker.op().carry(maker.inputs(), i);
        if (carry instanceof Carry.Through || carry instanceof Carry.Picked) {
          through.addAll(obstacles(maker.inputs().get(i)));
        } else if (carry instanceof Carry.Lost obstacle) {
          lost.add(obstacle.why());
        }
      }
      return through.isEmpty() ? lost : through;
    }
  }
}
