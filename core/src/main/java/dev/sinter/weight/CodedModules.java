/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import static dev.sinter.weight.CheckpointWeights.WEIGHT;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.problem.Problems;
import dev.sinter.problem.RequestException;
import dev.sinter.quantization.CompressionFormat;
import dev.sinter.quantization.ForeignFormat;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.quantization.Strategy;
import dev.sinter.quantization.WeightFormat;
import dev.sinter.quantization.WeightFormat.Part;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.io.IOException;
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
  private static final String SCALE = ".weight_scale";

  private final Checkpoint checkpoint;
  private final StoredSchemes schemes;
  private final ModuleClasses classes;
  private final Optional<DType> dtype;
  private final Problems problems;
  private final Beside beside;
  private final Set<String> broken = new HashSet<>();

  CodedModules(
      Checkpoint checkpoint,
      StoredSchemes schemes,
      ModuleClasses classes,
      Optional<DType> dtype,
      Problems problems) {
    this.checkpoint = checkpoint;
    this.schemes = schemes;
    this.classes = classes;
    this.dtype = dtype;
    this.problems = problems;
    this.beside = new Beside(checkpoint);
  }

  /** The scale of a cache, which a dense model has no use for. */
  boolean isLeftover(TensorEntry entry) {
    return !schemes.method().isEmpty() && Beside.OF_CACHES.contains(Beside.suffix(entry));
  }

  /** Whether a tensor belongs to a module whose codes have a problem that was told. */
  boolean isBroken(TensorEntry entry) {
    int dot = entry.name().lastIndexOf('.');
    return dot >= 0 && broken.contains(entry.name().substring(0, dot));
  }

  /** The module whose codes, or dense weight beside codes' parameters, a tensor is part of. */
  Optional<ModuleSource> of(TensorEntry entry) {
    int dot = entry.name().lastIndexOf('.');
    if (schemes.method().isEmpty() || dot < 0) {
      return Optional.empty();
    }
    String module = entry.name().substring(0, dot);
    Optional<TensorEntry> codes =
        checkpoint.tensor(module + PACKED).or(() -> checkpoint.tensor(module + WEIGHT));
    if (codes.isEmpty() || broken.contains(module) || !beside.parts(module).contains(entry)) {
      return Optional.empty();
    }
    if (codes.get().spec().dtype().isDenseFloat()) {
      return checkpoint.tensor(module + SCALE).isEmpty()
          ? Optional.empty()
          : Optional.of(CheckpointWeights.dense(codes.get(), beside.parts(module)));
    }
    List<String> wrong = new ArrayList<>();
    try {
      Optional<ModuleSource> found = read(module, codes.get(), wrong);
      if (found.isPresent() && wrong.isEmpty()) {
        return found;
      }
    } catch (IOException | RuntimeException e) {
      // What a stranger states may overflow, divide by zero or lie outside of what there is.
      wrong.add(
          e instanceof RequestException
              ? e.getMessage()
              : "what is stated of it makes no sense (" + e.getMessage() + ")");
    }
    broken.add(module);
    problems.add(codes.get().name() + " cannot be read: " + String.join("; ", wrong));
    return Optional.empty();
  }

  private Optional<ModuleSource> read(String module, TensorEntry codes, List<String> wrong)
      throws IOException {
    if (codes.spec().shape().rank() != 2 || codes.spec().shape().elements() == 0) {
      wrong.add("its shape " + codes.spec().shape() + " is that of no matrix");
      return Optional.empty();
    }
    return switch (schemes.method()) {
      case "compressed-tensors" -> compressedTensors(module, codes, wrong);
      case "fp8" ->
          build(
              module,
              ForeignFormat.FP8_BLOCK_INVERSE,
              QuantizationArgs.weights(8, Type.FLOAT, true, schemes.blocks()),
              codes.spec().shape(),
              wrong);
      case "modelopt" -> modelOpt(module, codes, wrong);
      default -> unknown(module, codes, wrong);
    };
  }

  private Optional<ModuleSource> compressedTensors(
      String module, TensorEntry codes, List<String> wrong) throws IOException {
    Optional<StoredSchemes.Group> group = schemes.group(classes.of(module));
    if (group.isEmpty()) {
      wrong.add("no group of the quantization_config means " + module);
      return Optional.empty();
    }
    QuantizationArgs stated = group.get().weights();
    Optional<Shape> shape = shape(module, codes, stated, wrong);
    if (shape.isEmpty()) {
      return Optional.empty();
    }
    QuantizationArgs args = beside.ordered(module, stated, shape.get(), wrong);
    return build(module, group.get().format(), args, shape.get(), wrong);
  }

  /** The shape of a weight that may be packed: stated beside it, or two codes in a byte. */
  private Optional<Shape> shape(
      String module, TensorEntry codes, QuantizationArgs args, List<String> wrong)
      throws IOException {
    Shape stored = codes.spec().shape();
    if (!codes.name().endsWith(PACKED)) {
      return Optional.of(stored);
    }
    if (args.type() == Type.FLOAT) {
      return Optional.of(Shape.of(stored.dimension(0), stored.dimension(1) * 2));
    }
    Optional<TensorEntry> stated = checkpoint.tensor(module + ".weight_shape");
    if (stated.isEmpty()) {
      wrong.add("it is packed, and there is no " + module + ".weight_shape");
      return Optional.empty();
    }
    long[] sizes = SmallTensors.integers(checkpoint.store(), stated.get());
    long most = stored.elements() * Integer.SIZE;
    if (sizes.length == 2 && sizes[0] > 0 && sizes[1] > 0 && sizes[0] <= most / sizes[1]) {
      return Optional.of(Shape.of(sizes));
    }
    wrong.add(
        stated.get().name()
            + " does not state the rows and columns of a matrix of that many codes");
    return Optional.empty();
  }

  private Optional<ModuleSource> modelOpt(String module, TensorEntry codes, List<String> wrong)
      throws IOException {
    Shape stored = codes.spec().shape();
    DType codeType = codes.spec().dtype();
    Optional<TensorEntry> scale = checkpoint.tensor(module + SCALE);
    DType scaleType = scale.map(entry -> entry.spec().dtype()).orElse(DType.BOOL);
    if (codeType == DType.U8 && scaleType == DType.F8_E4M3) {
      return build(
          module,
          ForeignFormat.MODELOPT_NVFP4,
          QuantizationArgs.weights(4, Type.FLOAT, true, new Strategy.Group(16)),
          Shape.of(stored.dimension(0), stored.dimension(1) * 2),
          wrong);
    }
    if (codeType == DType.F8_E4M3 && scaleType == DType.U8) {
      return build(
          module,
          ForeignFormat.MODELOPT_MXFP8,
          QuantizationArgs.weights(8, Type.FLOAT, true, new Strategy.Group(32)),
          stored,
          wrong);
    }
    Optional<Strategy> shared =
        codeType == DType.F8_E4M3 && scaleType.isDenseFloat()
            ? byScales(scale.orElseThrow().spec().shape(), stored)
            : Optional.empty();
    return shared.isEmpty()
        ? unknown(module, codes, wrong)
        : build(
            module,
            ForeignFormat.FP8,
            QuantizationArgs.weights(8, Type.FLOAT, true, shared.get()),
            stored,
            wrong);
  }

  /**
   * What shares a scale, from how many there are: of all, of a row, or of a block. ModelOpt may
   * keep a dimension of size one behind each of a block's.
   */
  private Optional<Strategy> byScales(Shape scale, Shape weight) {
    long rows = weight.dimension(0);
    long columns = weight.dimension(1);
    if (scale.elements() == 1) {
      return Optional.of(new Strategy.Tensor());
    }
    List<Long> sizes = scale.dimensions();
    long down = sizes.get(0);
    long across = down == 0 ? 0 : scale.elements() / down;
    if (down == rows && across == 1) {
      return Optional.of(new Strategy.Channel());
    }
    Strategy.Block block = schemes.blocks();
    boolean blocks =
        (rows + block.rows() - 1) / block.rows() == down
            && (columns + block.columns() - 1) / block.columns() == across;
    return blocks ? Optional.of(block) : Optional.empty();
  }

  private Optional<ModuleSource> unknown(String module, TensorEntry codes, List<String> wrong) {
    wrong.add(
        codes.spec().dtype()
            + " "
            + codes.spec().shape()
            + " is in codes that are not read here (quant_method "
            + schemes.method()
            + "; beside it: "
            + beside.parts(module).stream().map(Beside::suffix).toList()
            + ")");
    return Optional.empty();
  }

  private Optional<ModuleSource> build(
      String module, WeightFormat format, QuantizationArgs args, Shape shape, List<String> wrong)
      throws IOException {
    DType scaleType =
        checkpoint
            .tensor(module + SCALE)
            .map(scale -> scale.spec().dtype())
            .filter(DType::isDenseFloat)
            .orElseGet(() -> dtype.orElse(CheckpointWeights.USUAL));
    long columns = shape.dimension(1);
    if (columns % args.groupColumns(columns) != 0) {
      wrong.add(
          "groups of " + args.groupColumns(columns) + " do not divide its " + columns + " columns");
      return Optional.empty();
    }
    Map<String, TensorEntry> stored = new HashMap<>();
    for (Part part : format.parts(shape, scaleType, args)) {
      Optional<TensorEntry> entry = checkpoint.tensor(module + "." + part.suffix());
      if (entry.isEmpty()) {
        wrong.add("there is no " + module + "." + part.suffix());
      } else if (fits(entry.get(), part, format)) {
        stored.put(part.suffix(), shaped(entry.get(), part));
      } else {
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
                + " is expected"
                + hint(format, args));
      }
    }
    // Others keep fp32 scales whatever the type of the model is.
    DType dense = format instanceof ForeignFormat ? CheckpointWeights.USUAL : scaleType;
    beside.requireUsed(module, format, args, shape, wrong);
    WeightSource weight =
        new CompressedWeight(stored, Lines.all(shape.dimension(0)), format, args, shape, scaleType);
    return Optional.of(
        ModuleSource.of(
            module,
            ConvertedWeight.of(weight, dtype.orElse(dense)),
            name(format, args),
            args.numBits(),
            beside.parts(module)));
  }

  /** Formats of others keep scales in any dense type. */
  private static boolean fits(TensorEntry entry, Part part, WeightFormat format) {
    boolean type =
        entry.spec().dtype() == part.dtype()
            || (format instanceof ForeignFormat
                && part.dtype() == DType.F32
                && entry.spec().dtype().isDenseFloat())
            || (part.dtype() == DType.I64 && entry.spec().dtype() == DType.I32);
    return type && sizes(entry.spec().shape()).equals(sizes(part.shape()));
  }

  /** The dimensions that tell shapes apart: some write those of size one, and some do not. */
  private static List<Long> sizes(Shape shape) {
    return shape.dimensions().stream().filter(size -> size != 1).toList();
  }

  /** Before 0.18 compressed-tensors left gaps where a width does not divide 32. */
  private static String hint(WeightFormat format, QuantizationArgs args) {
    boolean odd = Integer.SIZE % args.numBits() != 0;
    return format == CompressionFormat.PACK_QUANTIZED && odd
        ? " (was it packed by compressed-tensors before 0.18? That layout is not read here)"
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
