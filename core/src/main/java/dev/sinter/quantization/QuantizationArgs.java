/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.json.Json;
import java.io.Serializable;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How one tensor (a weight, an input, an output) is represented. The names are those of
 * compressed-tensors.
 */
public record QuantizationArgs(
    int numBits,
    Type type,
    boolean symmetric,
    Strategy strategy,
    OptionalGroup groupSize,
    boolean dynamic,
    ActivationOrder actorder)
    implements Serializable {

  /** Whether codes are integers or small floats. */
  public enum Type {
    INT,
    FLOAT
  }

  /** What shares one scale. */
  public enum Strategy {
    TENSOR,
    CHANNEL,
    GROUP,
    TOKEN
  }

  /** In which order GPTQ visits columns, and whether groups follow that order. */
  public enum ActivationOrder {
    /** Not stated: the method's default holds. */
    UNSET(Optional.empty()),
    /** Columns by descending activation; groups stay where the columns are. */
    STATIC(Optional.of("static")),
    /** Columns by descending activation; groups are cut in that order. */
    GROUP(Optional.of("group"));

    private final Optional<String> jsonName;

    ActivationOrder(Optional<String> jsonName) {
      this.jsonName = jsonName;
    }

    /** The name in config.json and in recipes. */
    public Json json() {
      return Json.of(jsonName.orElse(null));
    }
  }

  /** The columns that share a scale, where the strategy is GROUP. An Optional that serializes. */
  public record OptionalGroup(int columns) implements Serializable {
    public static final OptionalGroup NONE = new OptionalGroup(0);

    public OptionalInt value() {
      return columns == 0 ? OptionalInt.empty() : OptionalInt.of(columns);
    }
  }

  private static final double FP8_E4M3_MAX = 448;

  public QuantizationArgs {
    if (type == Type.INT && (numBits < 2 || numBits > 8)) {
      throw new IllegalArgumentException(
          "Integers of " + numBits + " bits are not supported: 2 to 8 are");
    }
    if (type == Type.FLOAT && numBits != 8) {
      throw new IllegalArgumentException("Floats of " + numBits + " bits are not supported: 8 are");
    }
    if ((strategy == Strategy.GROUP) != (groupSize.columns() > 0)) {
      throw new IllegalArgumentException(
          "Strategy " + strategy + " with a group size of " + groupSize.columns());
    }
    if (type == Type.FLOAT && !symmetric) {
      throw new IllegalArgumentException("Floats have no zero point: they must be symmetric");
    }
  }

  static QuantizationArgs weights(
      int numBits, Type type, boolean symmetric, Strategy strategy, int groupSize) {
    return new QuantizationArgs(
        numBits,
        type,
        symmetric,
        strategy,
        new OptionalGroup(groupSize),
        false,
        ActivationOrder.UNSET);
  }

  static QuantizationArgs dynamicPerToken(int numBits, Type type) {
    return new QuantizationArgs(
        numBits, type, true, Strategy.TOKEN, OptionalGroup.NONE, true, ActivationOrder.UNSET);
  }

  public QuantizationArgs withActorder(ActivationOrder order) {
    return new QuantizationArgs(numBits, type, symmetric, strategy, groupSize, dynamic, order);
  }

  /** The smallest code. */
  public double low() {
    return type == Type.FLOAT ? -FP8_E4M3_MAX : -(1 << (numBits - 1));
  }

  /** The largest code. */
  public double high() {
    return type == Type.FLOAT ? FP8_E4M3_MAX : (1 << (numBits - 1)) - 1;
  }

  /**
   * The number of columns that share a scale in a matrix of so many columns. A matrix narrower than
   * a group has one short group.
   */
  public long groupColumns(long columns) {
    return strategy == Strategy.GROUP ? Math.min(groupSize.columns(), columns) : columns;
  }

  /** The form in config.json. */
  public Json json() {
    boolean weightLike = !dynamic;
    return Json.object(
        "actorder",
        actorder.json(),
        "block_structure",
        null,
        "dynamic",
        dynamic,
        "group_size",
        groupSize.columns() == 0 ? null : groupSize.columns(),
        "num_bits",
        numBits,
        "observer",
        weightLike ? "memoryless_minmax" : null,
        "observer_kwargs",
        Json.object(),
        "scale_dtype",
        null,
        "strategy",
        strategy.name().toLowerCase(Locale.ROOT),
        "symmetric",
        symmetric,
        "type",
        type.name().toLowerCase(Locale.ROOT),
        "zp_dtype",
        symmetric ? null : "torch.int8");
  }
}
