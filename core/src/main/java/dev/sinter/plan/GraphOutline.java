/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Partitioner;
import dev.sinter.graph.SequentialTargets;
import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was found of a model: the subgraphs that it is calibrated by, and what stands in them; those
 * that do the same are told once.
 *
 * @param notices what a person should know of where it is cut
 */
public record GraphOutline(List<Part> parts, List<String> notices) {
  public GraphOutline {
    parts = List.copyOf(parts);
    notices = List.copyOf(notices);
  }

  /** Subgraphs that do the same with parameters of their own, by their names. */
  public record Part(List<String> names, SubgraphOutline outline) {
    public Part {
      names = List.copyOf(names);
    }

    /** Their names as one: numbers that differ as ranges. */
    public String title() {
      return NameRanges.of(names);
    }
  }

  public static GraphOutline of(Graph graph, SequentialTargets targets) {
    SubgraphOutline.Finder finder = new SubgraphOutline.Finder(graph);
    List<Subgraph> subgraphs = Partitioner.partition(graph, targets);
    Map<SubgraphOutline, List<String>> alike = new LinkedHashMap<>();
    for (Subgraph subgraph : subgraphs) {
      alike
          .computeIfAbsent(finder.outline(subgraph), key -> new ArrayList<>())
          .add(subgraph.name());
    }
    List<Part> parts = new ArrayList<>();
    alike.forEach((outline, names) -> parts.add(new Part(names, outline)));
    return new GraphOutline(parts, wide(graph, subgraphs).stream().toList());
  }

  /** Whether a cut sends more on than one behind a layer does. */
  private static Optional<String> wide(Graph graph, List<Subgraph> subgraphs) {
    long usual = width(widest(Partitioner.layers(graph)));
    Subgraph widest = widest(subgraphs);
    return width(widest) <= usual
        ? Optional.empty()
        : Optional.of(
            widest.outputs().size()
                + " values of "
                + width(widest)
                + " channels are sent on behind "
                + widest.name()
                + ", and "
                + usual
                + " channels behind a layer: activations on disk grow by as much");
  }

  /** The subgraph, but for the last, that sends on most. */
  private static Subgraph widest(List<Subgraph> subgraphs) {
    Subgraph widest = subgraphs.get(0);
    for (Subgraph subgraph : subgraphs.subList(0, subgraphs.size() - 1)) {
      widest = width(subgraph) > width(widest) ? subgraph : widest;
    }
    return widest;
  }

  private static long width(Subgraph subgraph) {
    return subgraph.outputs().stream().mapToLong(Value::channels).sum();
  }
}
