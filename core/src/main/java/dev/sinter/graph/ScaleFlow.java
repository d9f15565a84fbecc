/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where factors on the channels of a value end up: in the columns of weights, or somewhere that
 * keeps the model from staying what it is.
 */
final class ScaleFlow {
  private final Value output;
  private final Set<String> tied;
  private final List<String> linears = new ArrayList<>();
  private final List<String> routers = new ArrayList<>();
  private final Set<Value> inputs = new LinkedHashSet<>();
  private final Set<Value> scaled = new HashSet<>();
  private final Deque<Value> open = new ArrayDeque<>();
  private Optional<String> refusal = Optional.empty();

  private ScaleFlow(Value output, Set<String> tied) {
    this.output = output;
    this.tied = tied;
  }

  /** Follows factors on the channels that some operations read. */
  static ScaleFlow of(Readers readers, Graph graph, Set<String> tied, List<Readers.Use> first) {
    ScaleFlow flow = new ScaleFlow(graph.output(), tied);
    first.forEach(use -> flow.follow(use, first.size() == 1));
    while (!flow.open.isEmpty() && flow.refusal.isEmpty()) {
      readers.of(flow.open.pop()).forEach(use -> flow.follow(use, /* alone= */ false));
    }
    return flow;
  }

  private void follow(Readers.Use use, boolean alone) {
    Carry carry = use.carry();
    if (carry instanceof Carry.Absorbed absorbed) {
      absorb(use, absorbed.module());
    } else if (carry instanceof Carry.Through) {
      scale(use.node().output());
    } else if (carry instanceof Carry.Picked) {
      if (alone) {
        scale(use.node().output());
      } else {
        refuse("only some of the channels go on");
      }
    } else if (carry instanceof Carry.Steers) {
      refuse("they decide how others are mixed");
    } else if (carry instanceof Carry.Lost lost) {
      refuse(lost.why());
    }
  }

  private void absorb(Readers.Use use, String module) {
    if (tied.contains(module + ".weight")) {
      refuse("the weight of " + module + " is another module's, too");
    }
    if (use.node().op() instanceof Op.Linear) {
      linears.add(module);
      inputs.add(use.node().inputs().get(use.index()));
    } else {
      routers.add(module);
    }
  }

  private void scale(Value value) {
    if (!scaled.add(value)) {
      refuse("they meet themselves");
    } else if (value.equals(output)) {
      refuse("they are the model's output");
    } else {
      open.add(value);
    }
  }

  private void refuse(String why) {
    refusal = refusal.or(() -> Optional.of(why));
  }

  /** What keeps the factors from being made up for. */
  Optional<String> refusal() {
    return refusal;
  }

  /** The pair, if linear modules make up for the factors. */
  Optional<SmoothingPair> pair(String producer, ChannelPick rows) {
    return refusal.isPresent() || linears.isEmpty()
        ? Optional.empty()
        : Optional.of(new SmoothingPair(producer, rows, linears, routers, List.copyOf(inputs)));
  }
}
