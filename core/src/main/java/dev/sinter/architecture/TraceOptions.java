/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.ExpertCoverage;
import java.util.Set;

/**
 * What decides a graph beside config.json.
 *
 * @param experts which tokens experts see
 * @param tensors the names of the checkpoint's tensors: checkpoints of one family differ in what
 *     stands before the names of their modules
 */
public record TraceOptions(ExpertCoverage experts, Set<String> tensors) {
  /** Experts see what is routed to them; names are those that the family usually has. */
  public static final TraceOptions USUAL = new TraceOptions(ExpertCoverage.ROUTED, Set.of());

  /** Names as a checkpoint has them. */
  public static TraceOptions of(Set<String> tensors) {
    return new TraceOptions(ExpertCoverage.ROUTED, tensors);
  }

  public TraceOptions with(ExpertCoverage coverage) {
    return new TraceOptions(coverage, tensors);
  }
}
