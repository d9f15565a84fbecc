/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.smoothquant;

import dev.sinter.modifier.Smoother;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.statistic.ExtremesByChannel;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * SmoothQuant (arXiv 2211.10438, eq. 4) as ModelOpt has it: 1/s = w^(1-α) / a^α for each linear
 * module by itself, of the largest |x| and |w| of each channel; those of modules that read one
 * tensor are averaged. Channels that are always zero are left alone.
 *
 * @param alpha how much moves into the weights
 */
public record LargestInputSmoother(double alpha) implements Smoother {
  private static final double SMALLEST = 1e-4;
  private static final double LARGEST = 1e4;

  @Override
  public Point point() {
    return Point.READ;
  }

  @Override
  public Set<StatisticType> statistics() {
    return Set.of(StatisticType.CHANNEL_EXTREMES);
  }

  @Override
  public boolean isForRounding() {
    return true;
  }

  @Override
  public Optional<String> refusal(QuantizationArgs args) {
    return args.type() == Type.INT && args.numBits() == 8
        ? Optional.empty()
        : Optional.of(
            "ModelOpt's smoothquant goes with weights of num_bits 8 (INT8). Take awq_lite, or"
                + " llm-compressor's SmoothQuantModifier, which smooths for any");
  }

  @Override
  public Factors factors(List<Linear> linears, Map<StatisticType, Statistic> input) {
    ExtremesByChannel extremes = (ExtremesByChannel) input.get(StatisticType.CHANNEL_EXTREMES);
    float[] lowest_C = extremes.min_C();
    float[] highest_C = extremes.max_C();
    DType dtype = Tensors.dtype(linears.get(0).weight_RC());
    if (extremes.sequences() == 0) {
      return Factors.unseen(dtype, lowest_C.length);
    }
    try (Scope scope = Scope.open()) {
      Tensor input_C =
          torch.maximum(
              Tensors.of(lowest_C, lowest_C.length).abs(),
              Tensors.of(highest_C, highest_C.length).abs());
      List<Linear> rounded = linears.stream().filter(linear -> linear.args().isPresent()).toList();
      Tensor inverses_C = Tensors.zeros(DType.F32, Shape.of(lowest_C.length));
      for (Linear linear : rounded) {
        inverses_C.add_(inverse(input_C, linear.weight_RC()));
      }
      Tensor factor_C = Tensors.to(inverses_C.div_(new Scalar(rounded.size())).reciprocal(), dtype);
      Map<String, Double> figures =
          Map.of(
              "smallest_factor", factor_C.min().item_double(),
              "largest_factor", factor_C.max().item_double());
      return new Factors(scope.keep(factor_C), figures);
    }
  }

  private Tensor inverse(Tensor input_C, Tensor weight_RC) {
    long[] rows = {0};
    Tensor largest_C =
        Tensors.to(
            torch.maximum(weight_RC.amax(rows, false), weight_RC.amin(rows, false).neg()),
            DType.F32);
    Tensor exact_C = largest_C.pow(new Scalar(1 - alpha)).div(input_C.pow(new Scalar(alpha)));
    Tensor seen_C = torch.where(input_C.eq(new Scalar(0)), torch.ones_like(exact_C), exact_C);
    return Tensors.clamp(seen_C, SMALLEST, LARGEST);
  }
}
