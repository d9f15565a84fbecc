/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import java.util.List;

/**
 * Nodes that do the same, as those of all experts do: told once.
 *
 * @param number by which other lines name what is made here
 * @param module the module that they stand in, numbers left open
 * @param what the module's class, or the operation
 * @param reads the lines that make what is read
 * @param channels the width of what is made
 * @param count how many nodes there are
 */
public record FlowLine(
    int number, String module, String what, List<Integer> reads, long channels, int count) {
  public FlowLine {
    reads = List.copyOf(reads);
  }
}
