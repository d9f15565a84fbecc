/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.quantization.ActivationQuantizer;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Holding;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * How an activation is rounded when a checkpoint runs.
 *
 * @param parameters the stored tensors by what they are: scale, zero_point, global_scale, or step,
 *     the inverse of a global scale
 * @param home where the tensors lie
 */
public record StoredActivation(
    QuantizationArgs args, Map<String, TensorEntry> parameters, Home home) implements Serializable {
  /** What holds tensors. */
  public enum Home {
    CHECKPOINT,
    /** What a run has solved so far. */
    WORKSPACE
  }

  static final String SCALE = "scale";
  static final String ZERO_POINT = "zero_point";
  static final String GLOBAL_SCALE = "global_scale";
  static final String STEP = "step";

  public StoredActivation {
    parameters = Map.copyOf(parameters);
  }

  /** As a checkpoint wants it that holds the tensors itself. */
  public StoredActivation(QuantizationArgs args, Map<String, TensorEntry> parameters) {
    this(args, parameters, Home.CHECKPOINT);
  }

  /** Reads the parameters, which the holding keeps; scales in the type of what they scale. */
  public ActivationQuantizer open(TensorReader reader, DType dtype, Holding holding)
      throws IOException {
    try (Scope scope = Scope.open()) {
      Optional<Tensor> step = read(STEP, reader, DType.F32);
      Optional<Tensor> global =
          step.isPresent() ? step.map(Tensor::reciprocal) : read(GLOBAL_SCALE, reader, DType.F32);
      Optional<Tensor> zeroPoint =
          args.symmetric() ? Optional.empty() : read(ZERO_POINT, reader, DType.I8);
      return new ActivationQuantizer(
          args,
          read(SCALE, reader, dtype).map(holding::hold),
          zeroPoint.map(holding::hold),
          global.map(holding::hold));
    }
  }

  private Optional<Tensor> read(String name, TensorReader reader, DType dtype) throws IOException {
    TensorEntry entry = parameters.get(name);
    return entry == null
        ? Optional.empty()
        : Optional.of(Tensors.to(reader.read(entry), dtype).contiguous());
  }
}
