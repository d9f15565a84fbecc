/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.checkpoint.TensorReader;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.weight.Factors;
import dev.sinter.weight.ParameterSource;
import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;

/**
 * By what the channels of a value are multiplied once the module that makes it is smoothed: the
 * statistics of what it makes then follow from those of what it made before.
 */
public sealed interface InputScaling extends Serializable {

  /** A number for each channel. */
  float[] factor_C(TensorReader reader) throws IOException;

  /**
   * The weights of a norm as they are stored and read, after and before: its output changes by the
   * ratio of the two, which rounding keeps from being the exact factor.
   *
   * @param offset what the model adds to the weight before it multiplies by it
   */
  record StoredRatio(ParameterSource before, ParameterSource after, double offset, Factors factors)
      implements InputScaling {
    @Override
    public float[] factor_C(TensorReader reader) throws IOException {
      float[] before_C = weight_C(before, reader);
      float[] after_C = weight_C(after, reader);
      float[] exact_C = new Inverse(factors).factor_C(reader);
      float[] factor_C = new float[before_C.length];
      for (int i = 0; i < factor_C.length; i++) {
        double old = before_C[i] + offset;
        // Where no weight tells, there may be a bias, which is divided by the factor.
        factor_C[i] = old == 0 ? exact_C[i] : (float) ((after_C[i] + offset) / old);
      }
      return factor_C;
    }

    private static float[] weight_C(ParameterSource weight, TensorReader reader)
        throws IOException {
      try (Scope scope = Scope.open()) {
        return Tensors.floats(Tensors.to(weight.read(reader), DType.F32).flatten().contiguous());
      }
    }
  }

  /** Those of a linear module, each of whose rows is divided by its factor and then rounded. */
  record Inverse(Factors factors) implements InputScaling {
    @Override
    public float[] factor_C(TensorReader reader) {
      float[] factor_C = factors.values();
      for (int i = 0; i < factor_C.length; i++) {
        factor_C[i] = 1 / factor_C[i];
      }
      return factor_C;
    }
  }

  /** The product of several, of so many channels. */
  static float[] product(Iterable<InputScaling> scalings, long channels, TensorReader reader)
      throws IOException {
    float[] product_C = new float[Math.toIntExact(channels)];
    Arrays.fill(product_C, 1);
    for (InputScaling scaling : scalings) {
      float[] factor_C = scaling.factor_C(reader);
      if (factor_C.length != product_C.length) {
        throw new IllegalArgumentException(
            factor_C.length + " factors for " + product_C.length + " channels");
      }
      for (int i = 0; i < product_C.length; i++) {
        product_C[i] *= factor_C[i];
      }
    }
    return product_C;
  }
}
