/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.json.Json;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.Dynamic;
import dev.sinter.quantization.QuantizationArgs.ScaleType;
import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.quantization.Strategy;
import dev.sinter.quantizer.QuantizerSlot.Role;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Schemes in the terms of quantizers: the way back of {@link Representations}. */
public final class SchemeQuantizers {
  private SchemeQuantizers() {}

  /** The quantizer that does what such settings say. */
  public static QuantizerAttributes of(QuantizationArgs args) {
    NumberFormat bits =
        args.type() == Type.INT
            ? new NumberFormat.Int(args.numBits())
            : args.numBits() == 8
                ? new NumberFormat.SmallFloat(4, 3)
                : new NumberFormat.SmallFloat(2, 1);
    Strategy strategy = args.strategy();
    Optional<Integer> axis =
        strategy instanceof Strategy.Channel ? Optional.of(0) : Optional.empty();
    Optional<BlockSizes> blocks = blocks(args);
    boolean dynamic = args.dynamic() == Dynamic.YES;
    return new QuantizerAttributes(
        bits,
        axis,
        blocks,
        false,
        false,
        dynamic && blocks.filter(BlockSizes::dynamic).isEmpty(),
        Optional.empty(),
        new Json.Obj(Map.of()));
  }

  private static Optional<BlockSizes> blocks(QuantizationArgs args) {
    Map<Integer, Optional<Long>> axes = new LinkedHashMap<>();
    if (args.groupSize().isPresent()) {
      axes.put(-1, args.groupSize());
    } else if (args.strategy() instanceof Strategy.Block block) {
      axes.put(-1, Optional.of((long) block.columns()));
      axes.put(-2, Optional.of((long) block.rows()));
    } else if (args.strategy() instanceof Strategy.Token) {
      axes.put(-1, Optional.empty());
    } else {
      return Optional.empty();
    }
    Optional<NumberFormat> scale =
        switch (args.scaleType()) {
          case UNSET -> Optional.empty();
          case F8_E4M3 -> Optional.of(new NumberFormat.SmallFloat(4, 3));
          case E8M0 -> Optional.of(new NumberFormat.SmallFloat(8, 0));
        };
    boolean dynamic =
        args.dynamic() == Dynamic.LOCAL
            || args.scaleType() == ScaleType.E8M0
            || (args.dynamic() == Dynamic.YES && !(args.strategy() instanceof Strategy.Token));
    Map<String, Object> json = new LinkedHashMap<>();
    axes.forEach((number, size) -> json.put(String.valueOf(number), size.orElse(null)));
    json.put("type", dynamic ? "dynamic" : "static");
    return Optional.of(new BlockSizes(axes, dynamic, scale, false, (Json.Obj) Json.of(json)));
  }

  /** The quantizers of keys and values in a model. */
  public static List<String> caches(List<ModuleInfo> modules) {
    return QuantizerSlot.of(modules).stream()
        .filter(slot -> slot.role() == Role.KEYS || slot.role() == Role.VALUES)
        .map(QuantizerSlot::name)
        .toList();
  }
}
