/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.modifier.Solver;
import dev.sinter.quantization.CompressionFormat;
import dev.sinter.quantization.QuantizationScheme;
import java.io.Serializable;
import java.util.List;

/**
 * What happens to one module: how it will be represented, by which solver, and which rule of which
 * modifier decided.
 */
public record ModulePlan(
    String module,
    TensorEntry weight,
    QuantizationScheme scheme,
    CompressionFormat format,
    Solver solver,
    String decidedBy)
    implements Serializable {

  /** The tensors that stand in place of the weight. */
  public List<TensorSpec> outputs() {
    return format.specs(weight.spec(), scheme.weights());
  }

  public long rows() {
    return weight.spec().shape().dimension(0);
  }

  public long columns() {
    return weight.spec().shape().dimension(1);
  }
}
