/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Tensors;
import java.util.Random;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;

/** Tensors of seeded random numbers, in the innermost scope. */
public final class RandomTensors {
  private RandomTensors() {}

  /** Independent normal numbers in fp32. */
  public static Tensor normal(long seed, long... shape) {
    return Tensors.of(normals(seed, LongStream.of(shape).reduce(1, Math::multiplyExact)), shape);
  }

  public static float[] normals(long seed, long count) {
    Random random = new Random(seed);
    float[] values = new float[Math.toIntExact(count)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /**
   * Activations [sequences, tokens, channels] whose channels depend on each other and differ in
   * size, as those of a model do.
   */
  public static Tensor correlated(long seed, long sequences, long tokens, long channels) {
    long factors = Math.max(2, channels / 4);
    Tensor mixed =
        normal(seed, sequences * tokens, factors)
            .matmul(normal(seed + 1, factors, channels))
            .add_(normal(seed + 2, sequences * tokens, channels));
    Tensor sizes_C = normal(seed + 3, channels).exp();
    return mixed.mul_(sizes_C).view(sequences, tokens, channels);
  }

  /** The sum of squares (W - V) XᵀX (W - V)ᵀ by which GPTQ judges, in fp64. */
  public static double lossOn(Tensor x_BTC, Tensor weight_RC, Tensor other_RC) {
    Tensor x_NC = Tensors.to(x_BTC, DType.F64).reshape(-1, x_BTC.size(2));
    Tensor difference_RC = Tensors.to(weight_RC, DType.F64).sub(Tensors.to(other_RC, DType.F64));
    return x_NC.matmul(difference_RC.t()).square().sum().item_double();
  }
}
