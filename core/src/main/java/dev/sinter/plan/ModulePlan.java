/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.modifier.Solver;
import dev.sinter.quantization.CompressionFormat;
import dev.sinter.quantization.QuantizationScheme;
import dev.sinter.quantization.WeightFormat.Part;
import dev.sinter.weight.WeightSource;
import java.io.Serializable;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What happens to one module: how it will be represented, by which solver, and which rule of which
 * modifier decided.
 *
 * @param sharing the weights of other modules that must have the same global scale
 */
public record ModulePlan(
    String module,
    WeightSource weight,
    QuantizationScheme scheme,
    CompressionFormat format,
    Solver solver,
    List<WeightSource> sharing,
    String decidedBy)
    implements Serializable {
  public ModulePlan {
    sharing = List.copyOf(sharing);
  }

  /** The tensors that stand in place of the weight, the codes first. */
  public List<Part> parts() {
    return format.parts(weight.shape(), weight.dtype(), scheme.weights());
  }

  /** The same tensors, named in full. */
  public List<TensorSpec> outputs() {
    return parts().stream()
        .map(part -> new TensorSpec(module + "." + part.suffix(), part.dtype(), part.shape()))
        .toList();
  }

  /** The bytes of these tensors. */
  public long outputBytes() {
    return outputs().stream().mapToLong(TensorSpec::bytes).sum();
  }

  /** The name of the dense weight. */
  public String weightName() {
    return module + ".weight";
  }

  /** The same module with other sources of its weight, and of those that share its scale. */
  public ModulePlan reading(UnaryOperator<WeightSource> change) {
    return new ModulePlan(
        module,
        change.apply(weight),
        scheme,
        format,
        solver,
        sharing.stream().map(change).toList(),
        decidedBy);
  }

  ModulePlan sharingWith(List<WeightSource> others) {
    return new ModulePlan(module, weight, scheme, format, solver, others, decidedBy);
  }
}
