/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.ExpertBranch;
import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import dev.sinter.statistic.StatisticType;
import java.util.List;
import java.util.Map;

/**
 * Decides what travels of routed experts: the statistics that each slice gathers, or the tokens
 * themselves, whichever is smaller. It follows from the request and the model, never from the
 * cluster.
 *
 * @param tokens those of all slices
 */
public record ExpertTraffic(long tokens, int slices) {
  public ExpertTraffic {
    if (tokens < 0 || slices < 1) {
      throw new IllegalArgumentException(tokens + " tokens in " + slices + " slices");
    }
  }

  /** The experts whose tokens travel, of those in which statistics of values are wanted. */
  public List<ExpertBranch> moved(Subgraph subgraph, Map<Value, List<StatisticType>> wanted) {
    return ExpertBranch.of(subgraph, wanted.keySet()).stream()
        .filter(branch -> bytesOfRows(branch) < bytesOfStatistics(branch, wanted))
        .toList();
  }

  private double bytesOfRows(ExpertBranch branch) {
    return tokens * branch.share() * branch.tokens().channels() * Float.BYTES;
  }

  private double bytesOfStatistics(ExpertBranch branch, Map<Value, List<StatisticType>> wanted) {
    double bytes = 0;
    for (Value value : branch.nodes().outputs()) {
      for (StatisticType type : wanted.get(value)) {
        bytes += type.sentBytes(value.channels());
      }
    }
    return slices * bytes;
  }
}
