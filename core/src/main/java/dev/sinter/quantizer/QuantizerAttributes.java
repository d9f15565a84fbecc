/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.json.Json;
import java.util.Map;
import java.util.Optional;

/**
 * What a quantizer does to what passes it.
 *
 * @param axis the axis whose entries each have a scale; none for one scale
 * @param dynamic whether scales are found when the model runs
 * @param constantAmax a range that is set instead of found
 * @param given as it stands in the recipe
 */
public record QuantizerAttributes(
    NumberFormat bits,
    Optional<Integer> axis,
    Optional<BlockSizes> blocks,
    boolean unsigned,
    boolean narrowRange,
    boolean dynamic,
    Optional<Double> constantAmax,
    Json.Obj given) {

  /** What a quantizer does that no rule told anything: integers of eight bits, one scale. */
  public static final QuantizerAttributes STANDARD =
      new QuantizerAttributes(
          new NumberFormat.Int(8),
          Optional.empty(),
          Optional.empty(),
          false,
          false,
          false,
          Optional.empty(),
          new Json.Obj(Map.of()));

  /** The attributes as ModelOpt's summary of quantizers has them. */
  public Json.Obj json() {
    return Json.object(
        "num_bits", bits.json(),
        "axis", axis.orElse(null),
        "block_sizes", blocks.map(QuantizerAttributes::json).orElse(null),
        "unsigned", unsigned,
        "narrow_range", narrowRange,
        "dynamic", dynamic,
        "constant_amax", constantAmax.isPresent());
  }

  private static Json json(BlockSizes blocks) {
    Json.Obj json = blocks.json();
    Optional<NumberFormat> scale = blocks.scaleBits();
    return scale.isPresent() ? json.with("scale_bits", scale.get().json()) : json;
  }

  /** What they are, in a few words. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(bits.toString());
    axis.ifPresent(number -> text.append(" axis ").append(number));
    blocks.ifPresent(sizes -> text.append(" in ").append(sizes));
    blocks
        .flatMap(BlockSizes::scaleBits)
        .ifPresent(scale -> text.append(", scales ").append(scale));
    if (dynamic || blocks.filter(BlockSizes::dynamic).isPresent()) {
      text.append(", dynamic");
    }
    return text.toString();
  }
}
