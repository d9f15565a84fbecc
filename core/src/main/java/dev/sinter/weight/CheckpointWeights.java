/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.architecture.ModelConfig;
import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.json.Json;
import dev.sinter.problem.Problems;
import dev.sinter.tensor.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Every matrix of a checkpoint by module, in the order of the checkpoint: as a weight of its own or
 * as one of a stack of experts. Found from the names and types of tensors, and from what
 * config.json says of codes.
 */
public final class CheckpointWeights {
  static final String WEIGHT = ".weight";

  /** The type of weights whose codes do not tell it and whose config does not either. */
  static final DType USUAL = DType.BF16;

  private final Map<String, ModuleSource> modules = new LinkedHashMap<>();
  private final Map<String, ExpertStack> stacks = new LinkedHashMap<>();
  private final Map<String, ModuleSource> moduleOfTensor = new HashMap<>();
  private final Map<String, ExpertStack> stackOfTensor = new HashMap<>();
  private final List<String> dropped = new ArrayList<>();
  private final Problems problems = new Problems();

  private CheckpointWeights() {}

  public static CheckpointWeights of(Checkpoint checkpoint) {
    CheckpointWeights weights = new CheckpointWeights();
    ModelConfig config = new ModelConfig(checkpoint.config());
    Optional<DType> dtype = config.dtype().or(config::textDtype);
    StoredSchemes schemes = StoredSchemes.of(checkpoint, weights.problems);
    ModuleClasses classes = new ModuleClasses(config);
    CodedModules coded = new CodedModules(checkpoint, schemes, classes, dtype, weights.problems);
    ExpertStacks stacked = new ExpertStacks(checkpoint, config, dtype.orElse(USUAL));
    for (TensorEntry entry : checkpoint.tensors().values()) {
      weights.add(entry, coded, stacked);
    }
    weights.requireClaimed(checkpoint, coded);
    return weights;
  }

  /** Codes that nothing describes would pass for weights, or be copied under a new description. */
  private void requireClaimed(Checkpoint checkpoint, CodedModules coded) {
    Set<String> known = Set.copyOf(dropped);
    List<TensorEntry> left =
        checkpoint.tensors().values().stream()
            .filter(CheckpointWeights::looksCoded)
            .filter(entry -> !known.contains(entry.name()))
            .filter(entry -> !moduleOfTensor.containsKey(entry.name()))
            .filter(entry -> !stackOfTensor.containsKey(entry.name()))
            .filter(entry -> !coded.isBroken(entry))
            .toList();
    if (!left.isEmpty()) {
      problems.add(
          left.size()
              + " tensors, such as "
              + left.get(0).name()
              + " of "
              + left.get(0).spec().dtype()
              + " "
              + left.get(0).spec().shape()
              + ", look like codes or their scales, and neither config.json nor what stands beside"
              + " them says how to read them");
    }
  }

  private static boolean looksCoded(TensorEntry entry) {
    String last = entry.name().substring(entry.name().lastIndexOf('.') + 1);
    boolean number = entry.spec().dtype().isDenseFloat();
    // Old checkpoints keep their causal masks, as bytes under such names.
    boolean mask = last.endsWith("bias") || entry.spec().dtype() == DType.BOOL;
    boolean small = entry.spec().dtype().bits() <= Byte.SIZE;
    return last.startsWith("weight_scale")
        || last.startsWith("weight_packed")
        || last.startsWith("qweight")
        || last.endsWith("_scale_inv")
        || (last.equals("weight") && !number)
        || (small && !mask && entry.spec().shape().rank() > 1);
  }

  private void add(TensorEntry entry, CodedModules coded, ExpertStacks stacked) {
    if (moduleOfTensor.containsKey(entry.name()) || stackOfTensor.containsKey(entry.name())) {
      return;
    }
    if (coded.isBroken(entry)) {
      return;
    }
    if (coded.isLeftover(entry)) {
      dropped.add(entry.name());
      return;
    }
    Optional<ModuleSource> module = coded.of(entry).or(() -> dense(entry));
    if (module.isPresent()) {
      modules.put(module.get().module(), module.get());
      module.get().tensors().forEach(part -> moduleOfTensor.put(part.name(), module.get()));
      return;
    }
    stacked
        .of(entry)
        .ifPresent(
            stack -> {
              stacks.put(stack.whole().spec().name(), stack);
              stack.experts().forEach(expert -> modules.put(expert.module(), expert));
              stack.tensors().forEach(name -> stackOfTensor.put(name, stack));
              stack.biasTensors().forEach(name -> stackOfTensor.put(name, stack));
            });
  }

  private static Optional<ModuleSource> dense(TensorEntry entry) {
    boolean matrix =
        entry.name().endsWith(WEIGHT)
            && entry.spec().shape().rank() == 2
            && entry.spec().dtype().isDenseFloat();
    return matrix ? Optional.of(dense(entry, List.of(entry))) : Optional.empty();
  }

  static ModuleSource dense(TensorEntry entry, List<TensorEntry> parts) {
    String module = entry.name().substring(0, entry.name().length() - WEIGHT.length());
    return ModuleSource.of(
        module, StoredWeight.of(entry), ModuleSource.DENSE, entry.spec().dtype().bits(), parts);
  }

  /** The same with one module more, whose weight is that of another: no tensor is its own. */
  public CheckpointWeights withCopy(String module, String of) {
    CheckpointWeights more = new CheckpointWeights();
    more.modules.putAll(modules);
    more.stacks.putAll(stacks);
    more.moduleOfTensor.putAll(moduleOfTensor);
    more.stackOfTensor.putAll(stackOfTensor);
    more.dropped.addAll(dropped);
    problems.found().forEach(more.problems::add);
    ModuleSource source = modules.get(of);
    more.modules.put(
        module,
        ModuleSource.of(
            module, source.weight(), source.representation(), source.bits(), List.of()));
    return more;
  }

  /** The modules by name; those of stacks are among them. */
  public Map<String, ModuleSource> modules() {
    return Collections.unmodifiableMap(modules);
  }

  /** The stacks of experts, by the name that the stack has as a dense tensor. */
  public Map<String, ExpertStack> stacks() {
    return Collections.unmodifiableMap(stacks);
  }

  /** The module whose weight, or part of it, a tensor is; not of stacks. */
  public Optional<ModuleSource> moduleOfTensor(String tensor) {
    return Optional.ofNullable(moduleOfTensor.get(tensor));
  }

  /** The stack that a tensor belongs to. */
  public Optional<ExpertStack> stackOfTensor(String tensor) {
    return Optional.ofNullable(stackOfTensor.get(tensor));
  }

  /** Tensors that mean nothing once weights are dense: scales of inputs and of caches. */
  public List<String> dropped() {
    return List.copyOf(dropped);
  }

  /** The config of a checkpoint without what it says of codes. */
  public static Json.Obj withoutCodes(Json.Obj config) {
    return StoredSchemes.withoutCodes(config);
  }

  /** What cannot be read, and why; empty if all can. */
  public List<String> problems() {
    return problems.found();
  }

  /** Whether any weight is in codes. */
  public boolean hasCodes() {
    return modules.values().stream().anyMatch(module -> !module.isDense()) || !dropped.isEmpty();
  }
}
