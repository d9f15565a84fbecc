/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.json.Json;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How one tensor (a weight, an input, an output) is represented. The names are those of
 * compressed-tensors.
 */
public record QuantizationArgs(
    int numBits,
    Type type,
    boolean symmetric,
    Strategy strategy,
    Dynamic dynamic,
    ActivationOrder actorder,
    ScaleType scaleType,
    Observer observer)
    implements Serializable {

  /** Whether codes are integers or small floats. */
  public enum Type {
    INT,
    FLOAT
  }

  /** When scales are found. */
  public enum Dynamic {
    /** Before the model is written. */
    NO,
    /** Those of groups when the model runs, the whole tensor's before. */
    LOCAL,
    /** When the model runs. */
    YES;

    private Json json() {
      return this == LOCAL ? Json.of("local") : Json.of(this == YES);
    }
  }

  /** How scales are stored. */
  public enum ScaleType {
    /** In the type of what they scale. */
    UNSET(Optional.empty()),
    /** As eight-bit floats. */
    F8_E4M3(Optional.of("torch.float8_e4m3fn")),
    /** As exponents of two: the microscaling formats. */
    E8M0(Optional.of("torch.uint8"));

    private final Optional<String> jsonName;

    ScaleType(Optional<String> jsonName) {
      this.jsonName = jsonName;
    }

    /** The name in config.json. */
    Json json() {
      return Json.of(jsonName.orElse(null));
    }
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

  private static final double FP8_E4M3_MAX = 448;
  private static final double FP4_E2M1_MAX = 6;

  public QuantizationArgs {
    if (type == Type.INT && (numBits < 2 || numBits > 8)) {
      throw new IllegalArgumentException(
          "Integers of " + numBits + " bits are not supported: 2 to 8 are");
    }
    if (type == Type.FLOAT && numBits != 8 && numBits != 4) {
      throw new IllegalArgumentException(
          "Floats of " + numBits + " bits are not supported: 4 (e2m1) and 8 (e4m3) are");
    }
    if (type == Type.FLOAT && !symmetric) {
      throw new IllegalArgumentException("Floats have no zero point: they must be symmetric");
    }
    if (strategy instanceof Strategy.Token && dynamic != Dynamic.YES) {
      throw new IllegalArgumentException(
          "Scales by token are found at run time: dynamic must be true");
    }
    if (dynamic == Dynamic.LOCAL && !(strategy instanceof Strategy.TensorGroup)) {
      throw new IllegalArgumentException(
          "dynamic: local goes with strategy tensor_group, not " + strategy.jsonName());
    }
    if (actorder == ActivationOrder.GROUP
        && !(strategy instanceof Strategy.Group || strategy instanceof Strategy.TensorGroup)) {
      throw new IllegalArgumentException(
          "actorder group needs a strategy with groups; " + strategy.jsonName() + " has none");
    }
    if (scaleType == ScaleType.E8M0
        && !(type == Type.FLOAT && strategy.equals(new Strategy.Group(32)))) {
      throw new IllegalArgumentException(
          "Scales of type torch.uint8 go with floats in groups of 32 (the microscaling formats)");
    }
  }

  /** Weights whose scales are the extremes of what shares them, in the weight's own type. */
  public static QuantizationArgs weights(
      int numBits, Type type, boolean symmetric, Strategy strategy) {
    return new QuantizationArgs(
        numBits,
        type,
        symmetric,
        strategy,
        Dynamic.NO,
        ActivationOrder.UNSET,
        ScaleType.UNSET,
        Observer.MIN_MAX);
  }

  /** Activations whose scales are found when the model runs. */
  static QuantizationArgs dynamic(int numBits, Type type, Strategy strategy) {
    return new QuantizationArgs(
        numBits,
        type,
        true,
        strategy,
        Dynamic.YES,
        ActivationOrder.UNSET,
        ScaleType.UNSET,
        Observer.NONE);
  }

  public QuantizationArgs withActorder(ActivationOrder order) {
    return new QuantizationArgs(
        numBits, type, symmetric, strategy, dynamic, order, scaleType, observer);
  }

  /** Whether an activation's range is set: nobody looks for it. */
  public boolean isCast() {
    return dynamic != Dynamic.YES && observer.equals(Observer.NONE);
  }

  /** The range of an activation, where it is set instead of looked for. */
  public Optional<Double> setRange() {
    return observer.setRange();
  }

  /** How the range of an activation is chosen, where it leaves room above the smallest groups. */
  public Optional<Headroom> headroom() {
    return observer.name().equals(Headroom.NAME)
        ? Optional.of(Headroom.of(observer))
        : Optional.empty();
  }

  public QuantizationArgs withObserver(Observer other) {
    return new QuantizationArgs(
        numBits, type, symmetric, strategy, dynamic, actorder, scaleType, other);
  }

  QuantizationArgs withScaleType(ScaleType other) {
    return new QuantizationArgs(
        numBits, type, symmetric, strategy, dynamic, actorder, other, observer);
  }

  QuantizationArgs withDynamic(Dynamic other, Observer otherObserver) {
    return new QuantizationArgs(
        numBits, type, symmetric, strategy, other, actorder, scaleType, otherObserver);
  }

  boolean isInt() {
    return type == Type.INT;
  }

  /** Whether codes are e2m1. */
  boolean isFp4() {
    return type == Type.FLOAT && numBits == 4;
  }

  /** The smallest code. */
  public double low() {
    return isInt() ? -(1 << (numBits - 1)) : -high();
  }

  /** The largest code. */
  public double high() {
    if (isInt()) {
      return (1 << (numBits - 1)) - 1;
    }
    return isFp4() ? FP4_E2M1_MAX : FP8_E4M3_MAX;
  }

  /**
   * The number of columns that share a scale in a matrix of so many columns. A matrix narrower than
   * a group has one short group.
   */
  public long groupColumns(long columns) {
    return groupSize().map(size -> Math.min(size, columns)).orElse(columns);
  }

  /** The columns of a group, where the strategy has groups. */
  public Optional<Long> groupSize() {
    if (strategy instanceof Strategy.Group group) {
      return Optional.of((long) group.columns());
    }
    if (strategy instanceof Strategy.TensorGroup group) {
      return Optional.of((long) group.columns());
    }
    return Optional.empty();
  }

  /** The form in config.json. */
  public Json json() {
    return Json.object(
        "actorder",
        actorder.json(),
        "block_structure",
        strategy instanceof Strategy.Block block ? List.of(block.rows(), block.columns()) : null,
        "dynamic",
        dynamic.json(),
        "group_size",
        groupSize().orElse(null),
        "num_bits",
        numBits,
        "observer",
        observer.json(),
        "observer_kwargs",
        observer.settings(),
        "scale_dtype",
        scaleType.json(),
        "strategy",
        strategy.jsonName(),
        "symmetric",
        symmetric,
        "type",
        type.name().toLowerCase(Locale.ROOT),
        "zp_dtype",
        symmetric ? null : "torch.int8");
  }
}
