/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import java.io.Serializable;

/**
 * How a module is represented: its weight, and what is done to its input and its output at run
 * time. Named after its preset, or after its bits where it has none.
 */
public record QuantizationScheme(
    String name, QuantizationArgs weights, Activations inputs, Activations outputs)
    implements Serializable {

  public QuantizationScheme(String name, QuantizationArgs weights, Activations inputs) {
    this(name, weights, inputs, new Activations.Full());
  }

  /** How an input or an output is represented. Serializable, which an Optional is not. */
  public sealed interface Activations extends Serializable {
    /** They stay as they are. */
    record Full() implements Activations {}

    /** They are quantized when the model runs. */
    record Quantized(QuantizationArgs args) implements Activations {
      @Override
      public boolean needsRanges() {
        return args.dynamic() != QuantizationArgs.Dynamic.YES && args.setRange().isEmpty();
      }
    }

    /** Whether parameters are needed that calibration must find. */
    default boolean needsRanges() {
      return false;
    }
  }

  /** The same scheme with the order in which GPTQ visited the columns. */
  public QuantizationScheme withActorder(QuantizationArgs.ActivationOrder order) {
    return withWeights(weights.withActorder(order));
  }

  /** The same scheme with other settings of its weights. */
  public QuantizationScheme withWeights(QuantizationArgs other) {
    return new QuantizationScheme(name, other, inputs, outputs);
  }

  /** The same scheme with other settings of its inputs. */
  public QuantizationScheme withInputs(Activations other) {
    return new QuantizationScheme(name, weights, other, outputs);
  }

  /** Whether inputs or outputs are quantized by parameters that calibration must find. */
  public boolean needsRanges() {
    return inputs.needsRanges() || outputs.needsRanges();
  }

  boolean quantizesInputs() {
    return inputs instanceof Activations.Quantized;
  }
}
