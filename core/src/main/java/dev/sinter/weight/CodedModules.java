/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import static dev.sinter.weight.CheckpointWeights.WEIGHT;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.problem.Problems;
import dev.sinter.quantization.CompressionFormat;
import dev.sinter.quantization.ForeignFormat;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.quantization.Strategy;
import dev.sinter.quantization.WeightFormat;
import dev.sinter.quantization.WeightFormat.Part;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the modules whose weights are in codes, each from the tensor that holds the codes. */
final class CodedModules {
  private static final String PACKED = ".weight_packed";

  /** What may stand beside the codes of a module, and has no meaning without them. */
  private static final Set<String> BESIDE =
      Set.of(
          "weight_scale",
          "weight_zero_point",
          "weight_global_scale",
          "weight_shape",
          "weight_g_idx",
          "weight_scale_2",
          "weight_scale_inv",
          "input_scale",
          "input_zero_point",
          "input_global_scale",
          "output_scale",
          "output_zero_point");

  private static final Set<String> OF_CACHES =
      Set.of("k_scale", "v_scale", "q_scale", "k_zero_point", "v_zero_point", "q_zero_point");

  private final Checkpoint checkpoint;
  private final StoredSchemes schemes;
  private final DType dtype;
  private final Problems problems;

  /** Codes that were looked at: what could not be read is not told again for what lies beside. */
  private final Set<String> tried = new HashSet<>();

  CodedModules(Checkpoint checkpoint, StoredSchemes schemes, DType dtype, Problems problems) {
    this.checkpoint = checkpoint;
    this.schemes = schemes;
    this.dtype = dtype;
    this.problems = problems;
  }

  /** The scale of a cache, which a dense model has no use for. */
  boolean isLeftover(TensorEntry entry) {
    String last = entry.name().substring(entry.name().lastIndexOf('.') + 1);
    return !schemes.method().isEmpty() && OF_CACHES.contains(last);
  }

  /** The module whose codes, or dense weight beside codes' parameters, a tensor is. */
  Optional<ModuleSource> of(TensorEntry entry) {
    if (schemes.method().isEmpty()) {
      return Optional.empty();
    }
    String suffix =
        entry.name().endsWith(PACKED) ? PACKED : entry.name().endsWith(WEIGHT) ? WEIGHT : "";
    String beside = entry.name().substring(entry.name().lastIndexOf('.') + 1);
    if (suffix.isEmpty() && BESIDE.contains(beside)) {
      String module = entry.name().substring(0, entry.name().lastIndexOf('.'));
      return checkpoint
          .tensor(module + PACKED)
          .or(() -> checkpoint.tensor(module + WEIGHT))
          .flatMap(this::of);
    }
    if (suffix.isEmpty() || !tried.add(entry.name())) {
      return Optional.empty();
    }
    String module = entry.name().substring(0, entry.name().length() - suffix.length());
    boolean dense = entry.spec().dtype().isDenseFloat();
    if (dense && checkpoint.tensor(module + ".weight_scale").isEmpty()) {
      return Optional.empty();
    }
    if (dense) {
      return Optional.of(CheckpointWeights.dense(entry, parts(module)));
    }
    return switch (schemes.method()) {
      case "compressed-tensors" -> compressedTensors(module, entry);
      case "fp8" -> fp8Blocks(module, entry);
      case "modelopt" -> modelOpt(module, entry);
      default -> unknown(module, entry);
    };
  }

  private List<TensorEntry> parts(String module) {
    List<TensorEntry> parts = new ArrayList<>();
    checkpoint.tensor(module + PACKED).ifPresent(parts::add);
    checkpoint.tensor(module + WEIGHT).ifPresent(parts::add);
    BESIDE.stream()
        .sorted()
        .forEach(suffix -> checkpoint.tensor(module + "." + suffix).ifPresent(parts::add));
    return parts;
  }

  private Optional<ModuleSource> compressedTensors(String module, TensorEntry codes) {
    Optional<StoredSchemes.Group> group = schemes.group(module);
    if (group.isEmpty()) {
      problems.add(
          codes.name() + " is in codes, and no group of the quantization_config means " + module);
      return Optional.empty();
    }
    QuantizationArgs args = group.get().weights();
    DType scaleType =
        checkpoint
            .tensor(module + ".weight_scale")
            .map(scale -> scale.spec().dtype())
            .filter(DType::isDenseFloat)
            .orElse(dtype);
    return shape(module, codes, args)
        .flatMap(shape -> build(module, codes, group.get().format(), args, shape, scaleType));
  }

  /** The shape of a weight that may be packed: stated beside it, or two codes in a byte. */
  private Optional<Shape> shape(String module, TensorEntry codes, QuantizationArgs args) {
    Shape stored = codes.spec().shape();
    if (stored.rank() != 2 || !codes.name().endsWith(PACKED)) {
      return Optional.of(stored);
    }
    if (args.type() == Type.FLOAT) {
      return Optional.of(Shape.of(stored.dimension(0), stored.dimension(1) * 2));
    }
    Optional<TensorEntry> stated = checkpoint.tensor(module + ".weight_shape");
    if (stated.isEmpty()) {
      problems.add(codes.name() + " is packed, and there is no " + module + ".weight_shape");
      return Optional.empty();
    }
    return statedShape(stated.get());
  }

  private Optional<Shape> statedShape(TensorEntry stated) {
    try {
      long[] dimensions = SmallTensors.longs(checkpoint.store(), stated);
      if (dimensions.length == 2 && dimensions[0] > 0 && dimensions[1] > 0) {
        return Optional.of(Shape.of(dimensions));
      }
      problems.add(stated.name() + " does not state the rows and columns of a matrix");
    } catch (java.io.IOException e) {
      problems.add(stated.name() + " cannot be read: " + e.getMessage());
    }
    return Optional.empty();
  }

  private Optional<ModuleSource> fp8Blocks(String module, TensorEntry codes) {
    QuantizationArgs args = QuantizationArgs.weights(8, Type.FLOAT, true, schemes.blocks());
    return build(module, codes, ForeignFormat.FP8_BLOCK_INVERSE, args, codes.spec().shape(), dtype);
  }

  private Optional<ModuleSource> modelOpt(String module, TensorEntry codes) {
    Shape stored = codes.spec().shape();
    Optional<TensorEntry> scale = checkpoint.tensor(module + ".weight_scale");
    if (scale.isEmpty() || stored.rank() != 2) {
      return unknown(module, codes);
    }
    long rows = stored.dimension(0);
    long columns = stored.dimension(1);
    DType scaleType = scale.get().spec().dtype();
    if (codes.spec().dtype() == DType.U8 && scaleType == DType.F8_E4M3) {
      QuantizationArgs args = QuantizationArgs.weights(4, Type.FLOAT, true, new Strategy.Group(16));
      Shape shape = Shape.of(rows, columns * 2);
      return build(module, codes, ForeignFormat.MODELOPT_NVFP4, args, shape, dtype);
    }
    if (codes.spec().dtype() == DType.F8_E4M3 && scaleType == DType.U8) {
      QuantizationArgs args = QuantizationArgs.weights(8, Type.FLOAT, true, new Strategy.Group(32));
      return build(module, codes, ForeignFormat.MODELOPT_MXFP8, args, stored, dtype);
    }
    if (codes.spec().dtype() == DType.F8_E4M3 && scaleType == DType.F32) {
      QuantizationArgs args =
          QuantizationArgs.weights(8, Type.FLOAT, true, byScales(scale.get(), rows, columns));
      return build(module, codes, ForeignFormat.FP8, args, stored, dtype);
    }
    return unknown(module, codes);
  }

  /** What shares a scale, from how many there are; ModelOpt keeps dimensions of size one. */
  private static Strategy byScales(TensorEntry scale, long rows, long columns) {
    List<Long> sizes =
        scale.spec().shape().dimensions().stream().filter(size -> size != 1).toList();
    long count = scale.spec().shape().elements();
    if (count == 1) {
      return new Strategy.Tensor();
    }
    if (sizes.size() == 1 && count == rows) {
      return new Strategy.Channel();
    }
    long down = sizes.get(0);
    long across = sizes.size() > 1 ? sizes.get(1) : 1;
    return new Strategy.Block((int) (rows / down), (int) (columns / across));
  }

  private Optional<ModuleSource> unknown(String module, TensorEntry codes) {
    problems.add(
        codes.name()
            + " of "
            + codes.spec().dtype()
            + " "
            + codes.spec().shape()
            + " is in codes that are not read here (quant_method "
            + schemes.method()
            + "; beside it: "
            + parts(module).stream().map(TensorEntry::name).toList()
            + ")");
    return Optional.empty();
  }

  private Optional<ModuleSource> build(
      String module,
      TensorEntry codes,
      WeightFormat format,
      QuantizationArgs args,
      Shape shape,
      DType weightType) {
    Map<String, TensorEntry> stored = new HashMap<>();
    List<String> wrong = new ArrayList<>();
    for (Part part : format.parts(shape, weightType, args)) {
      Optional<TensorEntry> entry = checkpoint.tensor(module + "." + part.suffix());
      if (entry.isEmpty()) {
        wrong.add("there is no " + module + "." + part.suffix());
      } else if (entry.get().spec().shape().elements() != part.shape().elements()
          || entry.get().spec().dtype() != part.dtype()) {
        wrong.add(
            entry.get().name()
                + " is "
                + entry.get().spec().dtype()
                + " "
                + entry.get().spec().shape()
                + " where "
                + part.dtype()
                + " "
                + part.shape()
                + " is expected");
      } else {
        stored.put(part.suffix(), shaped(entry.get(), part));
      }
    }
    if (!wrong.isEmpty()) {
      problems.add(
          codes.name()
              + " cannot be read as "
              + format
              + ": "
              + String.join("; ", wrong)
              + hint(format, args));
      return Optional.empty();
    }
    WeightSource weight =
        new CompressedWeight(
            stored, Lines.all(shape.dimension(0)), format, args, shape, weightType);
    return Optional.of(
        ModuleSource.of(module, weight, name(format, args), args.numBits(), parts(module)));
  }

  /** Before 0.18 compressed-tensors left gaps where a width does not divide 32. */
  private static String hint(WeightFormat format, QuantizationArgs args) {
    boolean odd = Integer.SIZE % args.numBits() != 0;
    return format == CompressionFormat.PACK_QUANTIZED && odd
        ? ". Was it packed by compressed-tensors before 0.18? That layout is not read here"
        : "";
  }

  private static TensorEntry shaped(TensorEntry entry, Part part) {
    return part.shape().rank() == 2 ? Lines.asMatrix(entry, part.shape().dimension(1)) : entry;
  }

  /** For people: the kind of number and what shares a scale. */
  static String name(WeightFormat format, QuantizationArgs args) {
    String group = args.groupSize().map(size -> " " + size).orElse("");
    return (args.type().name() + args.numBits()).toLowerCase(Locale.ROOT)
        + " "
        + args.strategy().jsonName()
        + group
        + (args.symmetric() ? "" : " asymmetric")
        + ", "
        + format.toString().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
