/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.util.List;

/**
 * A module whose output can be divided channel by channel, and the modules that make up for it: the
 * model stays what it is when the rows of the first one's parameters are divided by positive
 * numbers, and the columns of the others' weights multiplied by them.
 *
 * @param producer a norm or a linear module
 * @param rows those of its output channels that the others read
 * @param linears the linear modules that read them, in order
 * @param routers what chooses experts by them: to be scaled with the linears, not to be quantized
 * @param inputs the values that the linears read; several where experts see different tokens
 */
public record SmoothingPair(
    String producer,
    ChannelPick rows,
    List<String> linears,
    List<String> routers,
    List<Value> inputs) {
  public SmoothingPair {
    linears = List.copyOf(linears);
    routers = List.copyOf(routers);
    inputs = List.copyOf(inputs);
  }
}
