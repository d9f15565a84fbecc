/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.ChannelPick;
import dev.sinter.graph.SmoothingPair;
import dev.sinter.modifier.Smoother;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.weight.WeightSource;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A pair that is smoothed before weights are solved.
 *
 * @param method the modifier that does it, by its place in the recipe
 * @param offset what the model adds to the producer's weight before it multiplies by it
 */
public record SmoothingPlan(
    int method, Smoother smoother, Pair pair, double offset, List<Linear> linears)
    implements Serializable {
  public SmoothingPlan {
    linears = List.copyOf(linears);
  }

  /**
   * Where its activation is looked at: where part of an output is read, there; where experts read
   * it, each some of its tokens, before they do.
   */
  Smoother.Point point() {
    if (!isOfWholeOutput()) {
      return Smoother.Point.READ;
    }
    return pair.inputs() > 1 ? Smoother.Point.PRODUCED : smoother.point();
  }

  /** Whether the linear modules read all that the producer makes. */
  boolean isOfWholeOutput() {
    return pair.rows().equals(ChannelPick.all(pair.channels()));
  }

  /**
   * The modules of a pair, without the graph that it was found in.
   *
   * @param inputs how many values the linears read: several where experts see different tokens
   */
  public record Pair(
      String producer,
      ChannelPick rows,
      long channels,
      List<String> linears,
      List<String> routers,
      int inputs)
      implements Serializable {
    public Pair {
      linears = List.copyOf(linears);
      routers = List.copyOf(routers);
    }

    /** Of so many output channels of the producer. */
    static Pair of(SmoothingPair pair, long channels) {
      return new Pair(
          pair.producer(),
          pair.rows(),
          channels,
          pair.linears(),
          pair.routers(),
          pair.inputs().size());
    }

    /** All modules whose weights change. */
    List<String> modules() {
      List<String> modules = new ArrayList<>();
      modules.add(producer);
      modules.addAll(linears);
      modules.addAll(routers);
      return modules;
    }
  }

  /** A linear module of the pair, its weight, and how that will be represented, if it is. */
  public record Linear(String module, WeightSource weight, List<QuantizationArgs> representation)
      implements Serializable {
    public Linear {
      representation = List.copyOf(representation);
    }

    public Optional<QuantizationArgs> args() {
      return representation.stream().findFirst();
    }
  }
}
