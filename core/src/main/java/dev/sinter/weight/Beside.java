/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.quantization.WeightFormat;
import dev.sinter.quantization.WeightFormat.Part;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What stands beside the codes of modules. Every tensor there must be part of the codes, or be
 * known to mean nothing for a dense weight: one that is left over would make the weight another.
 */
final class Beside {
  private static final String ZERO_POINT = "weight_zero_point";
  private static final String GROUP_INDEX = "weight_g_idx";

  /** What is about the inputs and outputs of a module, and not about its weight. */
  private static final Set<String> OF_ACTIVATIONS =
      Set.of(
          "input_scale",
          "input_zero_point",
          "input_global_scale",
          "output_scale",
          "output_zero_point");

  /** What belongs to caches of keys and values. */
  static final Set<String> OF_CACHES =
      Set.of("k_scale", "v_scale", "q_scale", "k_zero_point", "v_zero_point", "q_zero_point");

  /** What a dense module has, too. */
  private static final String BIAS = "bias";

  private final Checkpoint checkpoint;
  private final Map<String, List<TensorEntry>> byModule = new HashMap<>();

  Beside(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
    for (TensorEntry entry : checkpoint.tensors().values()) {
      int dot = entry.name().lastIndexOf('.');
      if (dot >= 0) {
        byModule
            .computeIfAbsent(entry.name().substring(0, dot), key -> new ArrayList<>())
            .add(entry);
      }
    }
  }

  /** The tensors that a module's weight consists of or that mean nothing without its codes. */
  List<TensorEntry> parts(String module) {
    return byModule.getOrDefault(module, List.of()).stream()
        .filter(entry -> !suffix(entry).equals(BIAS) && !OF_CACHES.contains(suffix(entry)))
        .toList();
  }

  static String suffix(TensorEntry entry) {
    return entry.name().substring(entry.name().lastIndexOf('.') + 1);
  }

  /** The settings with the order that a group index states; problems are added. */
  QuantizationArgs ordered(String module, QuantizationArgs args, Shape shape, List<String> wrong)
      throws IOException {
    var index = checkpoint.tensor(module + "." + GROUP_INDEX);
    if (index.isEmpty() || args.groupSize().isEmpty()) {
      return args;
    }
    long groupColumns = args.groupColumns(shape.dimension(1));
    long groups = shape.dimension(1) / groupColumns;
    long[] groupOfColumn = SmallTensors.integers(checkpoint.store(), index.get());
    if (groupOfColumn.length != shape.dimension(1)) {
      wrong.add(index.get().name() + " does not name a group for each column");
      return args;
    }
    boolean inOrder = true;
    boolean unset = true;
    for (int column = 0; column < groupOfColumn.length; column++) {
      long group = groupOfColumn[column];
      inOrder &= group == column / groupColumns;
      unset &= group == -1;
      if (group < -1 || group >= groups) {
        wrong.add(index.get().name() + " names group " + group + " of " + groups);
        return args;
      }
    }
    if (!unset && Arrays.stream(groupOfColumn).anyMatch(group -> group == -1)) {
      wrong.add(index.get().name() + " names no group for some columns");
    }
    return args.withActorder(inOrder || unset ? ActivationOrder.UNSET : ActivationOrder.GROUP);
  }

  /** Adds a problem for every tensor that the codes, read so, would leave over. */
  void requireUsed(
      String module, WeightFormat format, QuantizationArgs args, Shape shape, List<String> wrong)
      throws IOException {
    Set<String> used = new HashSet<>(OF_ACTIVATIONS);
    // What a format states although another does not need it.
    used.add("weight_shape");
    used.add(GROUP_INDEX);
    for (Part part : format.parts(shape, DType.F32, args)) {
      used.add(part.suffix());
    }
    for (TensorEntry entry : parts(module)) {
      String suffix = suffix(entry);
      boolean zeros = suffix.equals(ZERO_POINT) && SmallTensors.isZero(checkpoint.store(), entry);
      if (!used.contains(suffix) && !zeros) {
        wrong.add(
            suffix.equals(ZERO_POINT)
                ? entry.name() + " is not zero, and config.json says that codes are symmetric"
                : entry.name() + " stands beside codes, and what it means is not known here");
      }
    }
  }
}
