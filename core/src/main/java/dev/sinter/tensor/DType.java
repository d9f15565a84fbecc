/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.tensor;

import java.util.Arrays;
import java.util.Optional;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The element types of safetensors, by their names in a header. Their order is the order in which
 * the format's own writer ranks types, so that a sort by descending type gives the layout of its
 * files.
 */
public enum DType {
  BOOL(8, ScalarType.Bool),
  F4(4, null),
  F6_E2M3(6, null),
  F6_E3M2(6, null),
  U8(8, ScalarType.Byte),
  I8(8, ScalarType.Char),
  F8_E5M2(8, ScalarType.Float8_e5m2),
  F8_E4M3(8, ScalarType.Float8_e4m3fn),
  F8_E8M0(8, ScalarType.Float8_e8m0fnu),
  F8_E4M3FNUZ(8, ScalarType.Float8_e4m3fnuz),
  F8_E5M2FNUZ(8, ScalarType.Float8_e5m2fnuz),
  I16(16, ScalarType.Short),
  U16(16, ScalarType.UInt16),
  F16(16, ScalarType.Half),
  BF16(16, ScalarType.BFloat16),
  I32(32, ScalarType.Int),
  U32(32, ScalarType.UInt32),
  F32(32, ScalarType.Float),
  C64(64, ScalarType.ComplexFloat),
  F64(64, ScalarType.Double),
  I64(64, ScalarType.Long),
  U64(64, ScalarType.UInt64);

  private final int bits;
  private final ScalarType scalarType;

  DType(int bits, ScalarType scalarType) {
    this.bits = bits;
    this.scalarType = scalarType;
  }

  /** Bits of one element. */
  public int bits() {
    return bits;
  }

  /** Whether weights of this type are computed with: the dense floating types. */
  public boolean isDenseFloat() {
    return this == F32 || this == BF16 || this == F16 || this == F64;
  }

  /** PyTorch's type; the sub-byte types have none. */
  public ScalarType scalarType() {
    if (scalarType == null) {
      throw new IllegalArgumentException("PyTorch has no tensors of type " + this);
    }
    return scalarType;
  }

  /** The type of that name in a safetensors header. */
  public static Optional<DType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }

  /** The type of a PyTorch tensor. */
  public static DType of(ScalarType scalarType) {
    ScalarType interned = scalarType.intern();
    return Arrays.stream(values())
        .filter(type -> type.scalarType == interned)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("Safetensors has no type for " + interned));
  }
}
