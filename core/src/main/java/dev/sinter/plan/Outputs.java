/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import dev.sinter.weight.CheckpointWeights;
import dev.sinter.weight.DenseTensor;
import dev.sinter.weight.ExpertStack;
import dev.sinter.weight.ModuleSource;
import dev.sinter.weight.StoredWeight;
import dev.sinter.weight.WeightSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tensors of a result, in the order of the checkpoint's: those of planned modules in the place
 * of their weights, those of other modules dense, all else copied.
 */
final class Outputs {
  private static final String WEIGHT = ".weight";

  /** A correction that routers add to scores: models keep it in fp32 whatever their type. */
  private static final String CORRECTION = "e_score_correction_bias";

  private final CheckpointWeights weights;
  private final Map<String, ModulePlan> planned;
  private final Optional<DType> dtype;

  private final List<List<TensorSpec>> groups = new ArrayList<>();
  private final Map<String, TensorEntry> copied = new LinkedHashMap<>();
  private final Map<String, DenseTensor> dense = new LinkedHashMap<>();
  private final Set<Object> done = new HashSet<>();

  /** The modules whose weights are changed when they are read. */
  private final Set<String> smoothed = new HashSet<>();

  /** The tensors of activations' parameters by module, until they have found their place. */
  private final Map<String, List<TensorSpec>> activations = new LinkedHashMap<>();

  private Outputs(
      CheckpointWeights weights, Map<String, ModulePlan> planned, Optional<DType> dtype) {
    this.weights = weights;
    this.planned = planned;
    this.dtype = dtype;
  }

  static Outputs of(
      Checkpoint checkpoint,
      CheckpointWeights weights,
      Map<String, ModulePlan> planned,
      List<ActivationPlan> activations,
      List<SmoothingPlan> smoothings,
      Optional<DType> dtype) {
    Outputs outputs = new Outputs(weights, planned, dtype);
    smoothings.forEach(plan -> outputs.smoothed.addAll(plan.pair().modules()));
    activations.forEach(
        plan ->
            outputs
                .activations
                .computeIfAbsent(plan.point().module(), module -> new ArrayList<>())
                .addAll(plan.outputs()));
    checkpoint.tensors().values().forEach(outputs::add);
    outputs.activations.values().forEach(outputs.groups::add);
    return outputs;
  }

  /** Tensors that must lie in one shard, together. */
  List<List<TensorSpec>> groups() {
    return groups;
  }

  Map<String, TensorEntry> copied() {
    return copied;
  }

  Map<String, DenseTensor> dense() {
    return dense;
  }

  /** A planned module that no tensor of the checkpoint stands for. */
  void addPlanned(ModulePlan plan) {
    groups.add(plan.outputs());
  }

  /** A copy of a weight under another name. */
  void addCopy(String module, WeightSource weight) {
    addDense(
        new DenseTensor(
            new TensorSpec(module + WEIGHT, weight.dtype(), weight.shape()), List.of(weight)));
  }

  private void add(TensorEntry entry) {
    addActivations(entry.name());
    Optional<ModuleSource> module = weights.moduleOfTensor(entry.name());
    Optional<ExpertStack> stack = weights.stackOfTensor(entry.name());
    if (module.isPresent()) {
      if (done.add(module.get().module())) {
        addModule(module.get(), entry);
      }
    } else if (stack.isPresent()) {
      addStack(stack.get(), entry);
    } else if (!weights.dropped().contains(entry.name())) {
      addOther(entry);
    }
  }

  /** The parameters of a module's activations stand before the first tensor below it. */
  private void addActivations(String tensor) {
    for (int end = tensor.indexOf('.'); end >= 0; end = tensor.indexOf('.', end + 1)) {
      Optional.ofNullable(activations.remove(tensor.substring(0, end))).ifPresent(groups::add);
    }
  }

  private void addModule(ModuleSource module, TensorEntry entry) {
    ModulePlan plan = planned.get(module.module());
    if (plan != null) {
      groups.add(plan.outputs());
    } else if (module.isDense() && module.tensors().size() == 1) {
      addOther(entry);
    } else {
      addDense(dense(module));
    }
  }

  private static DenseTensor dense(ModuleSource module) {
    WeightSource weight = module.weight();
    return new DenseTensor(
        new TensorSpec(module.module() + WEIGHT, weight.dtype(), weight.shape()), List.of(weight));
  }

  /**
   * A stack stays whole unless some of its experts are planned or smoothed: then all of them stand
   * apart.
   */
  private void addStack(ExpertStack stack, TensorEntry entry) {
    boolean apart =
        stack.experts().stream()
            .map(ModuleSource::module)
            .anyMatch(expert -> planned.containsKey(expert) || smoothed.contains(expert));
    boolean bias = stack.biasTensors().contains(entry.name());
    if (bias && !apart) {
      addOther(entry);
    } else if (bias && done.add(entry.name())) {
      stack.biases().forEach(this::addDense);
    } else if (!bias && done.add(stack.whole().spec().name())) {
      if (apart) {
        stack.experts().forEach(expert -> addModule(expert, entry));
      } else if (entry.spec().equals(stack.whole().spec())) {
        addOther(entry);
      } else {
        addDense(stack.whole());
      }
    }
  }

  private void addOther(TensorEntry entry) {
    DType stored = entry.spec().dtype();
    boolean converts =
        dtype.isPresent()
            && stored.isDenseFloat()
            && stored != dtype.get()
            && !entry.name().endsWith(CORRECTION);
    if (converts) {
      addDense(new DenseTensor(entry.spec(), List.of(StoredWeight.of(matrix(entry)))));
    } else {
      groups.add(List.of(entry.spec()));
      copied.put(entry.name(), entry);
    }
  }

  /**
   * Any tensor as a matrix, so that it can be converted by blocks of rows; a vector as a column.
   */
  private static TensorEntry matrix(TensorEntry entry) {
    Shape shape = entry.spec().shape();
    long rows = shape.elements() == 0 ? 1 : shape.rank() == 0 ? 1 : shape.dimension(0);
    TensorSpec matrix =
        new TensorSpec(entry.name(), entry.spec().dtype(), Shape.of(rows, shape.elements() / rows));
    return new TensorEntry(matrix, entry.file(), entry.offset());
  }

  private void addDense(DenseTensor tensor) {
    DenseTensor converted = dtype.map(tensor::in).orElse(tensor);
    groups.add(List.of(converted.spec()));
    dense.put(converted.spec().name(), converted);
  }
}
