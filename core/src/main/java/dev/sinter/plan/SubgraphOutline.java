/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.Attention;
import dev.sinter.graph.Graph;
import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.Node;
import dev.sinter.graph.Op;
import dev.sinter.graph.Parameter;
import dev.sinter.graph.SmoothingPair;
import dev.sinter.graph.SmoothingPairs;
import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What stands in a subgraph. Modules are named with their numbers left open, and what is alike is
 * told once, with how many there are of it.
 *
 * @param given the channels of each value that it is given
 * @param flow its nodes
 * @param sent the numbers of the values that it sends on
 * @param inputGroups linear modules that read one value
 * @param pairs smoothing pairs
 * @param unpaired linear modules that no smoothing pair reaches, and why
 * @param kvPoints attention modules, and what of each token they would keep
 */
public record SubgraphOutline(
    int nodes,
    long parameters,
    List<Long> given,
    List<FlowLine> flow,
    List<Integer> sent,
    Map<List<String>, Integer> inputGroups,
    Map<Pair, Integer> pairs,
    Map<String, List<String>> unpaired,
    List<KvPoint> kvPoints) {
  public SubgraphOutline {
    given = List.copyOf(given);
    flow = List.copyOf(flow);
    sent = List.copyOf(sent);
    kvPoints = List.copyOf(kvPoints);
  }

  /** A smoothing pair: see {@link SmoothingPair}. */
  public record Pair(String producer, List<String> linears, List<String> routers) {}

  /** An attention module with the width of the keys and of the values of a token. */
  public record KvPoint(String module, long keys, long values) {}

  /** The channels of all values that are sent on. */
  public long sentChannels() {
    long channels = 0;
    for (int number : sent) {
      channels += number < given.size() ? given.get(number) : line(number).channels();
    }
    return channels;
  }

  private FlowLine line(int number) {
    return flow.stream().filter(line -> line.number() == number).findFirst().orElseThrow();
  }

  /** Outlines the subgraphs of one graph. */
  static final class Finder {
    private final Map<String, String> classes = new HashMap<>();
    private final Map<String, Parameter> parameters = new HashMap<>();
    private final Map<String, List<SmoothingPair>> pairs = new HashMap<>();
    private final Map<String, String> unpaired = new HashMap<>();

    Finder(Graph graph) {
      for (ModuleInfo module : graph.modules()) {
        classes.put(module.name(), module.className());
      }
      // What is another parameter takes no room of its own.
      graph.parameters().stream()
          .filter(parameter -> !graph.ties().containsKey(parameter.name()))
          .forEach(parameter -> parameters.put(parameter.name(), parameter));
      SmoothingPairs found = SmoothingPairs.of(graph);
      found
          .pairs()
          .forEach(
              pair ->
                  pairs.computeIfAbsent(pair.producer(), key -> new ArrayList<>()).add(pair));
      found.unpaired().forEach((why, linears) -> linears.forEach(name -> unpaired.put(name, why)));
    }

    SubgraphOutline outline(Subgraph subgraph) {
      Flow flow = new Flow(subgraph, classes);
      return new SubgraphOutline(
          subgraph.nodes().size(),
          parameters(subgraph),
          subgraph.inputs().stream().map(Value::channels).toList(),
          flow.lines(),
          subgraph.outputs().stream().map(flow::number).toList(),
          inputGroups(subgraph),
          pairs(subgraph),
          unpaired(subgraph),
          kvPoints(subgraph));
    }

    private long parameters(Subgraph subgraph) {
      Set<String> names = new HashSet<>();
      subgraph.nodes().forEach(node -> names.addAll(node.op().parameters()));
      names.retainAll(parameters.keySet());
      return names.stream().mapToLong(name -> parameters.get(name).shape().elements()).sum();
    }

    private static Map<List<String>, Integer> inputGroups(Subgraph subgraph) {
      Map<List<String>, Integer> groups = new LinkedHashMap<>();
      for (List<Op.Linear> group : subgraph.linearsByInput().values()) {
        groups.merge(kinds(group.stream().map(Op.Linear::module).toList()), 1, Integer::sum);
      }
      return groups;
    }

    private Map<Pair, Integer> pairs(Subgraph subgraph) {
      Map<Pair, Integer> found = new LinkedHashMap<>();
      Set<String> seen = new HashSet<>();
      for (Node node : subgraph.nodes()) {
        if (seen.add(node.module())) {
          for (SmoothingPair pair : pairs.getOrDefault(node.module(), List.of())) {
            Pair told =
                new Pair(
                    ModuleRow.kind(pair.producer()),
                    kinds(pair.linears()),
                    kinds(pair.routers()));
            found.merge(told, 1, Integer::sum);
          }
        }
      }
      return found;
    }

    private Map<String, List<String>> unpaired(Subgraph subgraph) {
      Map<String, List<String>> modules = new LinkedHashMap<>();
      for (Node node : subgraph.nodes()) {
        if (node.op() instanceof Op.Linear linear && unpaired.containsKey(linear.module())) {
          String why = ModuleRow.kind(unpaired.get(linear.module()));
          modules.computeIfAbsent(why, key -> new ArrayList<>()).add(linear.module());
        }
      }
      modules.replaceAll((why, names) -> kinds(names));
      return modules;
    }

    private static List<KvPoint> kvPoints(Subgraph subgraph) {
      List<KvPoint> points = new ArrayList<>();
      for (Node node : subgraph.nodes()) {
        if (node.op() instanceof Attention attention) {
          Attention.Heads heads = attention.heads();
          points.add(
              new KvPoint(
                  ModuleRow.kind(attention.module()), heads.keyChannels(), heads.valueWidth()));
        }
      }
      return points;
    }

    private static List<String> kinds(List<String> modules) {
      Set<String> kinds = new LinkedHashSet<>();
      modules.forEach(module -> kinds.add(ModuleRow.kind(module)));
      return List.copyOf(kinds);
    }
  }
}
