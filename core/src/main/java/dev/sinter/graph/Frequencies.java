/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Tensors;
import java.io.Serializable;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** How fast rotary embedding turns each pair of channels. */
public sealed interface Frequencies extends Serializable {

  /** One frequency for each pair of so many channels, in fp32, for a sequence of that length. */
  Tensor inverse(int channels, long length);

  /** What cosines and sines are multiplied by. */
  default double attentionFactor() {
    return 1;
  }

  /** theta^(-2i / channels) (arXiv 2104.09864, section 3.2.2). */
  record Default(double theta) implements Frequencies {
    @Override
    public Tensor inverse(int channels, long length) {
      return wavelengths(channels).reciprocal();
    }

    /** theta^(2i / channels). */
    private Tensor wavelengths(int channels) {
      Tensor exponents =
          torch
              .arange(
                  new Scalar(0),
                  new Scalar(channels),
                  new Scalar(2),
                  new TensorOptions(DType.F32.scalarType()))
              .div(new Scalar(channels));
      return torch.pow(new Scalar(theta), exponents);
    }
  }

  /** Positions divided by a factor (arXiv 2306.15595). */
  record Linear(Default base, double factor) implements Frequencies {
    @Override
    public Tensor inverse(int channels, long length) {
      return base.inverse(channels, length).div(new Scalar(factor));
    }
  }

  /** Llama 3.1: long waves are stretched by the factor, short ones kept, those between blended. */
  record Llama3(
      Default base, double factor, double lowFactor, double highFactor, double originalContext)
      implements Frequencies {
    @Override
    public Tensor inverse(int channels, long length) {
      Tensor inverse = base.inverse(channels, length);
      Tensor waveLength = inverse.reciprocal().mul(new Scalar(2 * Math.PI));
      Tensor stretched = inverse.div(new Scalar(factor));
      Tensor blend =
          waveLength
              .reciprocal()
              .mul(new Scalar(originalContext))
              .sub(new Scalar(lowFactor))
              .div(new Scalar(highFactor - lowFactor));
      Tensor blended = stretched.mul(blend.neg().add(new Scalar(1))).add(inverse.mul(blend));
      Tensor isLong = waveLength.gt(new Scalar(originalContext / lowFactor));
      Tensor isShort = waveLength.lt(new Scalar(originalContext / highFactor));
      return torch.where(isLong, stretched, torch.where(isShort, inverse, blended));
    }
  }

  /**
   * YaRN (arXiv 2309.00071, section 3.2): pairs that turn more than {@code betaFast} times within
   * the original context keep their frequency, those that turn less than {@code betaSlow} times are
   * stretched, and those between blended along a ramp over the pairs' numbers.
   */
  record Yarn(
      Default base,
      double factor,
      double attentionFactor,
      double betaFast,
      double betaSlow,
      double originalContext,
      Ramp ramp)
      implements Frequencies {
    /** Where the ramp begins and ends. */
    public enum Ramp {
      /** At whole pairs. */
      TRUNCATED,
      EXACT
    }

    @Override
    public Tensor inverse(int channels, long length) {
      Tensor kept = base.inverse(channels, length);
      Tensor stretched = base.wavelengths(channels).mul(new Scalar(factor)).reciprocal();
      double low = Math.max(0, edge(betaFast, channels, ramp == Ramp.TRUNCATED ? -1 : 0));
      double high =
          Math.min(channels - 1, edge(betaSlow, channels, ramp == Ramp.TRUNCATED ? 1 : 0));
      Tensor blend =
          Tensors.clamp_(
              torch
                  .arange(new Scalar(channels / 2), new TensorOptions(DType.F32.scalarType()))
                  .sub_(new Scalar(low))
                  .div_(new Scalar(low == high ? 0.001 : high - low)),
              0,
              1);
      return stretched.mul(blend).add_(kept.mul(blend.neg().add_(new Scalar(1))));
    }

    /** The pair that turns so many times within the original context, rounded in a direction. */
    private double edge(double turns, int channels, int direction) {
      double pair =
          channels
              * Math.log(originalContext / (turns * 2 * Math.PI))
              / (2 * Math.log(base.theta()));
      return direction == 0 ? pair : direction < 0 ? Math.floor(pair) : Math.ceil(pair);
    }
  }

  /**
   * LongRoPE (arXiv 2402.13753): each pair has a factor of its own, one list for sequences up to
   * the original context and one for longer.
   */
  record LongRope(
      Default base,
      List<Double> shortFactors,
      List<Double> longFactors,
      double originalContext,
      double attentionFactor)
      implements Frequencies {
    public LongRope {
      shortFactors = List.copyOf(shortFactors);
      longFactors = List.copyOf(longFactors);
    }

    @Override
    public Tensor inverse(int channels, long length) {
      List<Double> factors = length > originalContext ? longFactors : shortFactors;
      float[] values = new float[factors.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = factors.get(i).floatValue();
      }
      return base.wavelengths(channels).mul_(Tensors.of(values, values.length)).reciprocal_();
    }
  }
}
