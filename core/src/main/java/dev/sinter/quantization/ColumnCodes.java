/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * A weight's parameters as single columns meet them, for methods that round column by column in
 * fp32: effective scales and zero points for each row (or one for all) of each group of columns.
 */
public final class ColumnCodes {
  private final Codes codes;
  private final Tensor scale_GR;
  private final Optional<Tensor> zeroPoint_GR;
  private final long columnsOfGroup;
  private final DType decoded;

  /**
   * @param decoded the type that codes are decoded in, that of the scales
   */
  ColumnCodes(
      Codes codes,
      Tensor scale_GR,
      Optional<Tensor> zeroPoint_GR,
      long columnsOfGroup,
      DType decoded) {
    this.codes = codes;
    this.scale_GR = scale_GR;
    this.zeroPoint_GR = zeroPoint_GR;
    this.columnsOfGroup = columnsOfGroup;
    this.decoded = decoded;
  }

  /** How many columns next to each other are a group. */
  public long columnsOfGroup() {
    return columnsOfGroup;
  }

  /** What the columns of a group share. Lies in the innermost scope. */
  public Group group(long index) {
    return new Group(
        codes,
        scale_GR.select(0, index),
        zeroPoint_GR.map(zero_GR -> zero_GR.select(0, index)),
        decoded);
  }

  /** The parameters of a group's columns, by row. */
  public record Group(Codes codes, Tensor scale_R, Optional<Tensor> zeroPoint_R, DType decoded) {
    /** The numbers of the codes of a column. Lies in the innermost scope. */
    public Tensor code(Tensor column_R) {
      return codes.round(column_R, scale_R, zeroPoint_R);
    }

    /**
     * What numbers of codes stand for, in fp32: as whoever reads them decodes them, in the type of
     * the stored scales. Lies in the innermost scope.
     */
    public Tensor value(Tensor code_R) {
      // Exact in fp32, since both factors have few bits: what is rounded is the true product.
      Tensor exact_R = Codes.value(code_R, scale_R, zeroPoint_R);
      return Tensors.to(Tensors.to(exact_R, decoded), DType.F32);
    }
  }
}
