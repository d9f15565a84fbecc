/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import java.io.Serializable;

/**
 * How a module is represented: its weight, and what is done to its input at run time. Named after
 * its preset, or after its bits where it has none.
 */
public record QuantizationScheme(String name, QuantizationArgs weights, Inputs inputs)
    implements Serializable {

  /**
   * The input's representation; absent for weight-only schemes. Serializable, which an Optional is
   * not.
   */
  public sealed interface Inputs extends Serializable {
    /** Inputs stay as they are. */
    record Full() implements Inputs {}

    /** Inputs are quantized when the model runs. */
    record Quantized(QuantizationArgs args) implements Inputs {}
  }

  /** The same scheme with the order in which GPTQ visited the columns. */
  public QuantizationScheme withActorder(QuantizationArgs.ActivationOrder order) {
    return withWeights(weights.withActorder(order));
  }

  /** The same scheme with other settings of its weights. */
  public QuantizationScheme withWeights(QuantizationArgs other) {
    return new QuantizationScheme(name, other, inputs);
  }

  /** Whether inputs are quantized by parameters that calibration must find. */
  public boolean needsInputRanges() {
    return inputs instanceof Inputs.Quantized quantized
        && quantized.args().dynamic() != QuantizationArgs.Dynamic.YES;
  }

  boolean quantizesInputs() {
    return inputs instanceof Inputs.Quantized;
  }
}
