/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Values in few bits: to the nearest code, and back. A code has two forms: its number, in the type
 * that is computed with, and its stored form (int8, float8, or for e2m1 the four bits in a byte).
 */
record Codes(QuantizationArgs args) {

  /** The type of the stored form. */
  DType storage() {
    if (args.isInt()) {
      return DType.I8;
    }
    return args.isFp4() ? DType.U8 : DType.F8_E4M3;
  }

  /** The numbers of the codes: q = round(clamp(w / s + z)). Lies in the innermost scope. */
  Tensor round(Tensor values, Tensor scale, Optional<Tensor> zeroPoint) {
    Tensor clamped = clamped(values, scale, zeroPoint);
    if (args.isInt()) {
      return clamped.round_();
    }
    return args.isFp4()
        ? Fp4.decode(Fp4.encode(clamped), Tensors.dtype(clamped))
        : Tensors.to(Tensors.to(clamped, DType.F8_E4M3), Tensors.dtype(clamped));
  }

  /** The stored codes of values. Lies in the innermost scope. */
  Tensor encode(Tensor values, Tensor scale, Optional<Tensor> zeroPoint) {
    if (args.isInt()) {
      return Tensors.to(clamped(values, scale, zeroPoint).round_(), DType.I8);
    }
    // What lies beyond the largest code becomes the largest code without being clamped.
    Tensor scaled = scaled(values, scale);
    return args.isFp4() ? Fp4.encode(scaled) : Fp8.encode(scaled);
  }

  /** The stored form of codes that are numbers. Lies in the innermost scope. */
  Tensor store(Tensor numbers) {
    return args.isFp4() ? Fp4.encode(numbers) : Tensors.to(numbers, storage());
  }

  /** The numbers of stored codes. Lies in the innermost scope. */
  Tensor load(Tensor stored, DType dtype) {
    return args.isFp4() ? Fp4.decode(stored, dtype) : Tensors.to(stored, dtype);
  }

  /** What numbers of codes stand for: (q - z) s. Lies in the innermost scope. */
  static Tensor value(Tensor code, Tensor scale, Optional<Tensor> zeroPoint) {
    Tensor shifted = zeroPoint.isPresent() ? code.sub(zeroPoint.get()) : code;
    return shifted.mul(scale);
  }

  private Tensor clamped(Tensor values, Tensor scale, Optional<Tensor> zeroPoint) {
    Tensor scaled = scaled(values, scale);
    if (zeroPoint.isPresent()) {
      scaled = scaled.add_(zeroPoint.get());
    }
    return Tensors.clamp_(scaled, args.low(), args.high());
  }

  private static Tensor scaled(Tensor values, Tensor scale) {
    // A scale in a wider type widens the values first: dividing mixed types is slow.
    DType wider = Tensors.wider(values, scale);
    return wider == Tensors.dtype(values)
        ? values.div(scale)
        : Tensors.to(values, wider).div_(scale);
  }
}
