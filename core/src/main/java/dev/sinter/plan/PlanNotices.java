/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.ModuleInfo.Reach;
import dev.sinter.quantization.CompressionFormat;
import dev.sinter.weight.CheckpointWeights;
import dev.sinter.weight.ModuleSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** What a person should know of a plan: what stays as it is although one might think otherwise. */
record PlanNotices(
    Checkpoint checkpoint,
    CheckpointWeights weights,
    ModuleTree tree,
    Map<String, ModulePlan> planned,
    Outputs outputs) {

  private static final Set<CompressionFormat> READ_IN_EXPERTS =
      Set.of(
          CompressionFormat.FLOAT_QUANTIZED,
          CompressionFormat.PACK_QUANTIZED,
          CompressionFormat.DENSE);

  void addTo(List<String> notices) {
    sayNarrow(notices);
    sayStacked(notices);
    sayExperts(notices);
    sayExpertsInCodes(notices);
    sayBeside(notices);
    sayCodes(notices);
    sayTransposed(notices);
    sayEmbeddings(notices);
    saySolvers(notices);
  }

  /** What solvers do otherwise than one would expect. */
  private void saySolvers(List<String> notices) {
    Map<String, List<String>> byText = new LinkedHashMap<>();
    for (ModulePlan module : planned.values()) {
      module
          .solver()
          .notice(module.scheme().weights())
          .ifPresent(
              text -> byText.computeIfAbsent(text, key -> new ArrayList<>()).add(module.module()));
    }
    byText.forEach(
        (text, modules) ->
            notices.add(modules.size() + " modules, such as " + modules.get(0) + ": " + text));
  }

  /**
   * The reference writes a short group here too; clients that count whole groups cannot read it.
   */
  private void sayNarrow(List<String> notices) {
    List<String> narrow =
        planned.values().stream()
            .filter(
                plan -> plan.scheme().weights().groupSize().orElse(0L) > plan.weight().columns())
            .map(ModulePlan::module)
            .toList();
    if (!narrow.isEmpty()) {
      notices.add(
          narrow.size()
              + " modules, such as "
              + narrow.get(0)
              + ", have fewer columns than a group: they get one short group, which Transformers cannot load. Add them to ignore, or take a scheme without groups");
    }
  }

  /** Tensors that hold no module that is known are often most of a model. */
  private void sayStacked(List<String> notices) {
    List<TensorEntry> unknown =
        outputs.copied().values().stream()
            .filter(entry -> entry.spec().shape().rank() > 1 && entry.spec().dtype().isDenseFloat())
            .filter(entry -> weights.moduleOfTensor(entry.name()).isEmpty())
            .filter(entry -> !entry.name().endsWith("_bias"))
            .toList();
    long bytes = unknown.stream().mapToLong(entry -> entry.spec().bytes()).sum();
    if (!unknown.isEmpty() && !planned.isEmpty()) {
      notices.add(
          unknown.size()
              + " tensors of two or more dimensions, such as "
              + unknown.get(0).name()
              + ", are no weights of modules that are known or meant, and stay as they are: "
              + 100 * bytes / checkpoint.tensorBytes()
              + "% of the bytes");
    }
  }

  /** Experts that were stacked stand apart where any of them is quantized. */
  private void sayExperts(List<String> notices) {
    List<String> apart =
        weights.stacks().values().stream()
            .filter(
                stack -> stack.experts().stream().anyMatch(e -> planned.containsKey(e.module())))
            .map(stack -> stack.whole().spec().name())
            .toList();
    if (!apart.isEmpty()) {
      notices.add(
          apart.size()
              + " stacks of experts, such as "
              + apart.get(0)
              + ", are written as a module for each expert, the form that vLLM reads; Transformers 5"
              + " loads it only for families whose own checkpoints keep experts apart. To keep them"
              + " stacked and dense, ignore re:.*experts.*");
    }
  }

  /** Transformers makes one tensor of experts, for which it knows few forms of codes. */
  private void sayExpertsInCodes(List<String> notices) {
    List<ModulePlan> unread =
        planned.values().stream()
            .filter(plan -> plan.module().contains(".experts."))
            .filter(plan -> !READ_IN_EXPERTS.contains(plan.format()))
            .toList();
    if (!unread.isEmpty()) {
      notices.add(
          unread.size()
              + " matrices of experts, such as "
              + unread.get(0).module()
              + ", are written as "
              + unread.get(0).format().jsonName()
              + ", which Transformers 5 does not load for experts; vLLM reads it. Transformers loads"
              + " experts in float-quantized by row and in pack-quantized");
    }
  }

  /** What stands beside the language model is not meant by a class. */
  private void sayBeside(List<String> notices) {
    Predicate<ModuleInfo> left =
        module ->
            module.reach() == Reach.NAME
                && module.className().equals(ModuleInfo.LINEAR)
                && !planned.containsKey(module.name());
    List<String> names = tree.modules().stream().filter(left).map(ModuleInfo::name).toList();
    if (!names.isEmpty() && !planned.isEmpty()) {
      Set<String> stems = new LinkedHashSet<>();
      names.forEach(name -> stems.add(stem(name)));
      notices.add(
          names.size()
              + " linear modules beside the language model ("
              + String.join(", ", stems)
              + ") stay as they are; a target by name or expression would reach them");
    }
  }

  private static String stem(String name) {
    String[] path = name.split("\\.", 4);
    return String.join(
        ".", List.of(path).subList(0, Math.min(path.length, path[0].equals("model") ? 3 : 1)));
  }

  private void sayCodes(List<String> notices) {
    if (!weights.dropped().isEmpty()) {
      notices.add(
          weights.dropped().size()
              + " scales of caches, such as "
              + weights.dropped().get(0)
              + ", are not carried over: caches are not quantized in the result");
    }
    if (!weights.hasCodes() || planned.isEmpty()) {
      return;
    }
    List<ModuleSource> coded =
        weights.modules().values().stream().filter(module -> !module.isDense()).toList();
    long stay = coded.stream().filter(module -> !planned.containsKey(module.module())).count();
    notices.add(
        coded.size()
            + " weights of the checkpoint are in codes already and are read as dense; rounding them anew adds to the error of their first rounding");
    if (stay > 0) {
      notices.add(stay + " of them are not quantized by this recipe and become dense");
    }
  }

  private void sayEmbeddings(List<String> notices) {
    tree.modules().stream()
        .filter(module -> module.className().equals(ModuleInfo.EMBEDDING))
        .filter(module -> planned.containsKey(module.name()))
        .findFirst()
        .ifPresent(
            module ->
                notices.add(
                    module.name()
                        + " is an embedding, and Transformers 5 runs none whose weight is in codes"));
  }

  private void sayTransposed(List<String> notices) {
    long count =
        tree.modules().stream()
            .filter(module -> module.className().equals(ModuleInfo.CONV1D))
            .filter(module -> planned.containsKey(module.name()))
            .count();
    if (count > 0) {
      notices.add(
          count
              + " modules of class Conv1D keep [inputs, outputs]; their codes are written as those of linear modules, [outputs, inputs], which Transformers does not load");
    }
  }
}
