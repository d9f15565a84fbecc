/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.json.Json;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which values share a scale: so many along each axis, -1 the last; a size of nothing is the whole
 * axis.
 *
 * @param dynamic whether the scales of blocks are found when the model runs
 * @param json as it is given
 */
public record BlockSizes(
    Map<Integer, Optional<Long>> axes,
    boolean dynamic,
    Optional<NumberFormat> scaleBits,
    boolean fourOverSix,
    Json.Obj json) {
  public BlockSizes {
    axes = Map.copyOf(new TreeMap<>(axes));
  }

  /** The size along the last axis, if that is the only one. */
  Optional<Long> columns() {
    return axes.size() == 1 ? axes.getOrDefault(-1, Optional.empty()) : Optional.empty();
  }

  /** Whether each row is a block of its own. */
  boolean wholeRows() {
    return axes.equals(Map.of(-1, Optional.<Long>empty()));
  }

  @Override
  public String toString() {
    return "blocks of "
        + new TreeMap<>(axes)
            .values().stream()
                .map(size -> size.map(String::valueOf).orElse("all"))
                .collect(Collectors.joining(" x "));
  }
}
