/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Tensors;
import java.io.Serializable;
import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Rotary position embedding (arXiv 2104.09864, section 3.4.2) on [batch, tokens, heads * headDim],
 * in the halves layout: channel i turns with channel i + headDim / 2 by the angle position *
 * frequency_i.
 */
public record Rope(int headDim, Frequencies frequencies) implements Op {

  /** How fast each pair of channels turns. */
  public sealed interface Frequencies extends Serializable {
    /** One frequency for each pair of channels, in fp32. */
    Tensor inverse(int headDim);

    /** theta^(-2i / headDim). */
    record Default(double theta) implements Frequencies {
      @Override
      public Tensor inverse(int headDim) {
        Tensor exponents =
            torch
                .arange(
                    new Scalar(0),
                    new Scalar(headDim),
                    new Scalar(2),
                    new TensorOptions(DType.F32.scalarType()))
                .div(new Scalar(headDim));
        return torch.pow(new Scalar(theta), exponents).reciprocal();
      }
    }

    /** Positions divided by a factor. */
    record Linear(Default base, double factor) implements Frequencies {
      @Override
      public Tensor inverse(int headDim) {
        return base.inverse(headDim).div(new Scalar(factor));
      }
    }

    /**
     * Llama 3.1: long waves are stretched by the factor, short ones kept, those between blended.
     */
    record Llama3(
        Default base, double factor, double lowFactor, double highFactor, double originalContext)
        implements Frequencies {
      @Override
      public Tensor inverse(int headDim) {
        Tensor inverse = base.inverse(headDim);
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
  }

  @Override
  public Tensor apply(Weights weights, List<Tensor> inputs) {
    Tensor x_BTC = inputs.get(0);
    long tokens = x_BTC.size(1);
    Tensor positions_T1 =
        torch.arange(new Scalar(tokens), new TensorOptions(DType.F32.scalarType())).unsqueeze(1);
    Tensor angles_TH = positions_T1.mul(frequencies.inverse(headDim).unsqueeze(0));
    Tensor both_TD = torch.cat(new TensorVector(angles_TH, angles_TH), 1).unsqueeze(1);
    DType dtype = Tensors.dtype(x_BTC);
    Tensor x_BTHD = x_BTC.view(x_BTC.size(0), tokens, -1, headDim);
    Tensor turned =
        x_BTHD
            .mul(Tensors.to(both_TD.cos(), dtype))
            .add(rotateHalf(x_BTHD).mul(Tensors.to(both_TD.sin(), dtype)));
    return turned.view(x_BTC.shape());
  }

  /** [a, b] becomes [-b, a]. */
  private Tensor rotateHalf(Tensor x_BTHD) {
    long half = headDim / 2;
    Tensor first = x_BTHD.slice(3, new LongOptional(0), new LongOptional(half), 1);
    Tensor second = x_BTHD.slice(3, new LongOptional(half), new LongOptional(headDim), 1);
    return torch.cat(new TensorVector(second.neg(), first), 3);
  }
}
