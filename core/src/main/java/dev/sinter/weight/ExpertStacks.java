/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.architecture.ModelConfig;
import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.quantization.ForeignFormat;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.quantization.Strategy;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds experts that are stacked in tensors [experts, ., .]. Clients of compressed-tensors know
 * experts by modules of their own, {@code experts.0.gate_proj}; which rows or columns of a stack
 * these are depends on the family, or is told by the model's sizes.
 */
final class ExpertStacks {
  private static final Pattern NAME =
      Pattern.compile(
          "(.*experts|.*\\.moe)\\.(gate_up_proj|gate_proj|up_proj|down_proj)(\\.weight)?");
  private static final List<String> MATRICES =
      List.of("gate_up_proj", "gate_proj", "up_proj", "down_proj");

  private static final String BLOCKS = "_blocks";
  private static final String SCALES = "_scales";
  private static final String BIAS = "_bias";

  /** Families that keep [inputs, outputs], as a product with the tokens on the left wants it. */
  private static final Set<String> INPUTS_FIRST =
      Set.of("gpt_oss", "llama4", "llama4_text", "qwen3_vl_moe", "qwen3_vl_moe_text");

  /** Families in whose stacks gate and up alternate. */
  private static final Set<String> INTERLEAVED = Set.of("gpt_oss");

  /** Which dimension of an expert's matrix the inputs are. */
  private enum Activations {
    FIRST,
    LAST
  }

  private final Checkpoint checkpoint;
  private final ModelConfig config;
  private final DType dtype;

  ExpertStacks(Checkpoint checkpoint, ModelConfig config, DType dtype) {
    this.checkpoint = checkpoint;
    this.config = config;
    this.dtype = dtype;
  }

  /** The stack that a tensor holds, if it holds one whose layout is known. */
  Optional<ExpertStack> of(TensorEntry entry) {
    if (entry.name().endsWith(BLOCKS) && entry.spec().shape().rank() == 4) {
      return blocks(entry);
    }
    if (entry.name().endsWith(SCALES)) {
      String blocks = entry.name().substring(0, entry.name().length() - SCALES.length()) + BLOCKS;
      return checkpoint.tensor(blocks).flatMap(this::of);
    }
    Matcher name = NAME.matcher(entry.name());
    if (!name.matches()
        || entry.spec().shape().rank() != 3
        || !entry.spec().dtype().isDenseFloat()) {
      return Optional.empty();
    }
    Shape shape = entry.spec().shape();
    return inputs(name, shape)
        .filter(inputs -> isEven(name, shape.dimension(inputs == Activations.FIRST ? 2 : 1)))
        .map(inputs -> dense(entry, name, inputs));
  }

  /**
   * Where the inputs are: told by the model's width, else by the other stack of the same experts,
   * else by the family.
   */
  private Optional<Activations> inputs(Matcher name, Shape shape) {
    Optional<Activations> told = bySizes(name.group(2), shape);
    if (told.isEmpty()) {
      told =
          MATRICES.stream()
              .flatMap(
                  matrix ->
                      checkpoint
                          .tensor(
                              name.group(1)
                                  + "."
                                  + matrix
                                  + Optional.ofNullable(name.group(3)).orElse(""))
                          .filter(other -> other.spec().shape().rank() == 3)
                          .flatMap(other -> bySizes(matrix, other.spec().shape()))
                          .stream())
              .findFirst();
    }
    return told.or(
        () ->
            INPUTS_FIRST.contains(config.modelType())
                ? Optional.of(Activations.FIRST)
                : Optional.empty());
  }

  private Optional<Activations> bySizes(String matrix, Shape shape) {
    long hidden =
        config.optionalSize("hidden_size").or(() -> config.textSize("hidden_size")).orElse(0);
    boolean readsHidden = !matrix.equals("down_proj");
    boolean hiddenFirst = shape.dimension(1) == hidden;
    boolean hiddenLast = shape.dimension(2) == hidden;
    if (hiddenFirst == hiddenLast) {
      return Optional.empty();
    }
    return Optional.of(hiddenFirst == readsHidden ? Activations.FIRST : Activations.LAST);
  }

  private ExpertStack dense(TensorEntry entry, Matcher name, Activations inputs) {
    Shape shape = entry.spec().shape();
    long experts = shape.dimension(0);
    long across = shape.dimension(2);
    TensorEntry matrix = Lines.asMatrix(entry, across);
    List<ModuleSource> modules = new ArrayList<>();
    long outputs = inputs == Activations.FIRST ? across : shape.dimension(1);
    for (long expert = 0; expert < experts; expert++) {
      long top = expert * shape.dimension(1);
      for (Split split : splits(name.group(2), outputs)) {
        WeightSource weight =
            inputs == Activations.FIRST
                ? new TransposedWeight(
                    new StoredWeight(matrix, new Lines(top, 1, shape.dimension(1))), split.lines)
                : new StoredWeight(matrix, split.lines(top));
        modules.add(
            module(
                name,
                expert,
                split,
                weight,
                ModuleSource.DENSE,
                entry.spec().dtype().bits(),
                weight.bytes()));
      }
    }
    DenseTensor whole = new DenseTensor(entry.spec(), List.of(StoredWeight.of(matrix)));
    return stack(whole, modules, name, outputs, List.of(entry.name()));
  }

  /** Gate and up are halves. */
  private static boolean isEven(Matcher name, long outputs) {
    return outputs % 2 == 0 || !name.group(2).equals("gate_up_proj");
  }

  /** GPT-OSS: [experts, outputs, groups, 16 bytes of two codes], and a scale for each group. */
  private Optional<ExpertStack> blocks(TensorEntry blocks) {
    String stem = blocks.name().substring(0, blocks.name().length() - BLOCKS.length());
    Matcher name = NAME.matcher(stem);
    Optional<TensorEntry> scales = checkpoint.tensor(stem + SCALES);
    Shape shape = blocks.spec().shape();
    if (!name.matches()
        || !isEven(name, shape.dimension(1))
        || scales.isEmpty()
        || !fit(blocks.spec(), scales.get().spec())) {
      return Optional.empty();
    }
    long experts = shape.dimension(0);
    long outputs = shape.dimension(1);
    long groups = shape.dimension(2);
    long columns = groups * shape.dimension(3) * 2;
    QuantizationArgs args =
        QuantizationArgs.weights(4, Type.FLOAT, true, new Strategy.Group((int) (columns / groups)));
    Map<String, TensorEntry> parts =
        Map.of(
            "blocks", Lines.asMatrix(blocks, columns / 2),
            "scales", Lines.asMatrix(scales.get(), groups));
    List<ModuleSource> modules = new ArrayList<>();
    List<WeightSource> whole = new ArrayList<>();
    String scheme = CodedModules.name(ForeignFormat.MXFP4_BLOCKS, args);
    for (long expert = 0; expert < experts; expert++) {
      long top = expert * outputs;
      for (Split split : splits(name.group(2), outputs)) {
        WeightSource weight = coded(parts, split.lines(top), args, columns);
        long bytes = weight.shape().elements() / 2 + split.lines.count() * groups;
        modules.add(module(name, expert, split, weight, scheme, args.numBits(), bytes));
      }
      whole.add(TransposedWeight.of(coded(parts, new Lines(top, 1, outputs), args, columns)));
    }
    TensorSpec spec = new TensorSpec(stem, dtype, Shape.of(experts, columns, outputs));
    return Optional.of(
        stack(
            new DenseTensor(spec, whole),
            modules,
            name,
            outputs,
            List.of(blocks.name(), scales.get().name())));
  }

  /** Bytes of two codes each, and a scale of a byte for each group; no dimension is zero. */
  private static boolean fit(TensorSpec blocks, TensorSpec scales) {
    List<Long> groups = blocks.shape().dimensions().subList(0, 3);
    return blocks.dtype() == DType.U8
        && scales.dtype() == DType.U8
        && blocks.shape().elements() > 0
        && scales.shape().dimensions().equals(groups);
  }

  private WeightSource coded(
      Map<String, TensorEntry> parts, Lines lines, QuantizationArgs args, long columns) {
    return new CompressedWeight(
        parts, lines, ForeignFormat.MXFP4_BLOCKS, args, Shape.of(lines.count(), columns), dtype);
  }

  /** One of the matrices that a stack holds for each expert, by its outputs in the stack. */
  private record Split(String matrix, Lines lines) {
    Lines lines(long top) {
      return new Lines(top + lines.first(), lines.step(), lines.count());
    }
  }

  private List<Split> splits(String matrix, long outputs) {
    if (!matrix.equals("gate_up_proj")) {
      return List.of(new Split(matrix, Lines.all(outputs)));
    }
    long half = outputs / 2;
    boolean interleaved = INTERLEAVED.contains(config.modelType());
    return List.of(
        new Split("gate_proj", interleaved ? new Lines(0, 2, half) : new Lines(0, 1, half)),
        new Split("up_proj", interleaved ? new Lines(1, 2, half) : new Lines(half, 1, half)));
  }

  private ModuleSource module(
      Matcher name,
      long expert,
      Split split,
      WeightSource weight,
      String representation,
      int bits,
      long bytes) {
    String module = expert(name, expert) + "." + split.matrix;
    return new ModuleSource(module, weight, representation, bits, bytes, List.of());
  }

  /** What an expert is called that stands apart. */
  private static String expert(Matcher name, long expert) {
    String stack = name.group(1);
    return stack + (stack.endsWith("experts") ? "." : ".experts.") + expert;
  }

  private ExpertStack stack(
      DenseTensor whole,
      List<ModuleSource> modules,
      Matcher name,
      long outputs,
      List<String> tensors) {
    String stem = name.group(1) + "." + name.group(2);
    Optional<TensorEntry> bias =
        checkpoint
            .tensor(stem + BIAS)
            .filter(entry -> entry.spec().dtype().isDenseFloat())
            .filter(
                entry ->
                    entry
                        .spec()
                        .shape()
                        .equals(Shape.of(whole.spec().shape().dimension(0), outputs)));
    List<DenseTensor> biases = new ArrayList<>();
    bias.ifPresent(entry -> biases(entry, name, outputs, biases));
    return new ExpertStack(
        whole, modules, biases, tensors, bias.map(TensorEntry::name).stream().toList());
  }

  private void biases(TensorEntry bias, Matcher name, long outputs, List<DenseTensor> into) {
    TensorEntry column = Lines.asMatrix(bias, 1);
    for (long expert = 0; expert < bias.spec().shape().dimension(0); expert++) {
      for (Split split : splits(name.group(2), outputs)) {
        String tensor = expert(name, expert) + "." + split.matrix + ".bias";
        into.add(
            new DenseTensor(
                new TensorSpec(tensor, bias.spec().dtype(), Shape.of(split.lines.count())),
                List.of(new StoredWeight(column, split.lines(expert * outputs)))));
      }
    }
  }
}
