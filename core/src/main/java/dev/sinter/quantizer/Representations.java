/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.json.Json;
import dev.sinter.quantization.Observer;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.Dynamic;
import dev.sinter.quantization.QuantizationArgsReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Quantizers in the terms of compressed-tensors. What it cannot say, no file that clients read can
 * hold.
 */
final class Representations {
  private static final NumberFormat E8M0 = new NumberFormat.SmallFloat(8, 0);
  private static final NumberFormat E4M3 = new NumberFormat.SmallFloat(4, 3);
  private static final NumberFormat E2M1 = new NumberFormat.SmallFloat(2, 1);
  private static final long NV_COLUMNS = 16;
  private static final long MX_COLUMNS = 32;

  private Representations() {}

  /** A representation, or why there is none. */
  /** The largest float8. */
  private static final double CAST_RANGE = 448;

  record Found(Optional<QuantizationArgs> args, String reason) {
    static Found not(String reason) {
      return new Found(Optional.empty(), reason);
    }
  }

  static Found weights(List<QuantizerAttributes> stages) {
    return of(stages, false);
  }

  static Found activations(List<QuantizerAttributes> stages) {
    return of(stages, true);
  }

  private static Found of(List<QuantizerAttributes> stages, boolean activations) {
    if (stages.size() != 1) {
      return Found.not(
          "two quantizers in sequence ("
              + String.join(" then ", stages.stream().map(String::valueOf).toList())
              + ")");
    }
    QuantizerAttributes one = stages.get(0);
    Optional<String> reason = unsupported(one);
    if (reason.isPresent()) {
      return Found.not(reason.get());
    }
    if (!activations && one.constantAmax().isPresent()) {
      return Found.not("a range that is set: those of weights are found");
    }
    Map<String, Object> args = new LinkedHashMap<>();
    boolean integer = one.bits() instanceof NumberFormat.Int;
    int bits =
        one.bits() instanceof NumberFormat.Int number
            ? number.bits()
            : one.bits().equals(E4M3) ? 8 : 4;
    args.put("num_bits", bits);
    args.put("type", integer ? "int" : "float");
    Optional<String> shape =
        one.blocks().isPresent()
            ? blocks(one, one.blocks().get(), args, activations)
            : plain(one, args, activations);
    if (shape.isPresent()) {
      return Found.not(shape.get());
    }
    Found found = read((Json.Obj) Json.of(args), activations);
    if (one.constantAmax().isEmpty() || found.args().isEmpty()) {
      return found;
    }
    return found.args().get().dynamic() == Dynamic.YES
        ? Found.not("a range that is set, with scales that are found when the model runs")
        : new Found(
            found.args().map(it -> it.withObserver(Observer.set(one.constantAmax().get()))), "");
  }

  /** Whether codes are the values themselves, cast. */
  static boolean isScaleOfOne(QuantizerAttributes one) {
    return one.bits().equals(E4M3)
        && one.blocks().isEmpty()
        && one.constantAmax().equals(Optional.of(CAST_RANGE));
  }

  private static Found read(Json.Obj args, boolean activations) {
    List<String> problems = new ArrayList<>();
    Optional<QuantizationArgs> read =
        activations
            ? QuantizationArgsReader.activations(args, (name, text) -> problems.add(text))
            : QuantizationArgsReader.weights(args, (name, text) -> problems.add(text));
    return new Found(read, String.join("; ", problems));
  }

  private static Optional<String> unsupported(QuantizerAttributes one) {
    if (one.unsigned() || one.narrowRange()) {
      return Optional.of(one.unsigned() ? "values without sign" : "a narrow range");
    }
    for (String name : List.of("rotate", "bias")) {
      Optional<Json> given = one.given().member(name);
      if (given.filter(value -> !value.equals(new Json.Bool(false))).isPresent()) {
        return Optional.of(name + " in a quantizer");
      }
    }
    boolean known =
        one.bits().equals(E4M3)
            || one.bits().equals(E2M1)
            || (one.bits() instanceof NumberFormat.Int number
                && number.bits() >= 2
                && number.bits() <= 8);
    return known ? Optional.empty() : Optional.of("numbers of the format " + one.bits());
  }

  /** One scale, or one for each row; of inputs, one for each tensor. */
  private static Optional<String> plain(
      QuantizerAttributes one, Map<String, Object> args, boolean activations) {
    if (one.bits().equals(E2M1)) {
      return Optional.of("floats of four bits without blocks");
    }
    if (one.axis().isPresent() && (activations || one.axis().get() != 0)) {
      return Optional.of(
          "scales along axis " + one.axis().get() + (activations ? " of an input" : ""));
    }
    args.put("strategy", one.axis().isPresent() ? "channel" : "tensor");
    if (activations) {
      args.put("dynamic", one.dynamic());
    }
    return Optional.empty();
  }

  private static Optional<String> blocks(
      QuantizerAttributes one, BlockSizes blocks, Map<String, Object> args, boolean activations) {
    boolean micro = blocks.scaleBits().equals(Optional.of(E8M0));
    boolean dynamic = one.dynamic() || blocks.dynamic();
    if (blocks.wholeRows()) {
      args.put("strategy", activations ? "token" : "channel");
      if (activations) {
        args.put("dynamic", true);
        return dynamic ? Optional.empty() : Optional.of("static scales for each token");
      }
      return Optional.empty();
    }
    Optional<Long> columns = blocks.columns();
    if (one.bits().equals(E2M1) && !micro) {
      return nvfp4(blocks, args, activations);
    }
    if (micro) {
      boolean held = !(one.bits() instanceof NumberFormat.Int);
      if (!held || !columns.equals(Optional.of(MX_COLUMNS))) {
        return Optional.of(one + ": of scales e8m0 there are floats in blocks of 32");
      }
      args.put("strategy", "group");
      args.put("group_size", MX_COLUMNS);
      args.put("scale_dtype", "torch.uint8");
      if (activations) {
        args.put("dynamic", true);
      }
      return Optional.empty();
    }
    if (blocks.scaleBits().isPresent()) {
      return Optional.of(one + ": scales in codes go with e2m1, or are e8m0");
    }
    if (columns.isPresent()) {
      args.put("strategy", "group");
      args.put("group_size", columns.get());
      if (activations) {
        args.put("dynamic", dynamic);
      }
      return Optional.empty();
    }
    Optional<Long> width = blocks.axes().getOrDefault(-1, Optional.empty());
    Optional<Long> height = blocks.axes().getOrDefault(-2, Optional.empty());
    if (activations || blocks.axes().size() != 2 || width.isEmpty() || height.isEmpty()) {
      return Optional.of("blocks " + blocks.json().members().keySet());
    }
    args.put("strategy", "block");
    args.put("block_structure", List.of(height.get(), width.get()));
    return Optional.empty();
  }

  private static Optional<String> nvfp4(
      BlockSizes blocks, Map<String, Object> args, boolean activations) {
    boolean held =
        blocks.columns().equals(Optional.of(NV_COLUMNS))
            && blocks.scaleBits().equals(Optional.of(E4M3));
    if (!held) {
      return Optional.of(
          "e2m1 in blocks of "
              + blocks.columns().map(String::valueOf).orElse("several axes")
              + ": formats have blocks of 16 with scales e4m3 (NVFP4), or of 32 with scales e8m0"
              + " (MXFP4)");
    }
    if (activations && !blocks.dynamic()) {
      return Optional.of("e2m1 whose scales of blocks are static");
    }
    args.put("strategy", "tensor_group");
    args.put("group_size", NV_COLUMNS);
    args.put("scale_dtype", "torch.float8_e4m3fn");
    if (activations) {
      args.put("dynamic", "local");
    }
    return Optional.empty();
  }
}
