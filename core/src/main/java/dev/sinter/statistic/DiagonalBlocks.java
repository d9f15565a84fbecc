/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.statistic;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Holding;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.util.Iterator;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The blocks on the diagonal of the Gram matrix, of so many channels each; where channels run out,
 * the last block ends in zeros. In fp32 from exact inputs. Where errors of groups are looked at one
 * by one, the rest of the matrix is not needed: with blocks of 16 this takes a few hundredths of
 * its memory and time. A part counts tokens in place of sequences.
 */
public final class DiagonalBlocks implements Statistic {
  private final Holding holding = new Holding();
  private final long channels;
  private final long width;
  private final Tensor gram_BSS;
  private long tokens;

  DiagonalBlocks(int width, long channels) {
    this.channels = channels;
    this.width = width;
    long blocks = (channels + width - 1) / width;
    try (Scope scope = Scope.open()) {
      this.gram_BSS = holding.hold(Tensors.zeros(DType.F32, Shape.of(blocks, width, width)));
    }
  }

  @Override
  public void observe(Tensor x_NC, long sequences) {
    if (x_NC.size(0) == 0) {
      return;
    }
    try (Scope scope = Scope.open()) {
      Tensor x_BNS = blocks(Tensors.to(x_NC, DType.F32)).transpose(0, 1).contiguous();
      gram_BSS.add_(x_BNS.transpose(1, 2).bmm(x_BNS));
    }
    tokens += x_NC.size(0);
  }

  /** Rows of channels as [rows, blocks, channels of a block]. In the innermost scope. */
  private Tensor blocks(Tensor rows_RC) {
    long rows = rows_RC.size(0);
    long filled = gram_BSS.size(0) * width;
    if (filled == channels) {
      return rows_RC.reshape(rows, -1, width);
    }
    Tensor filled_RC = Tensors.zeros(DType.F32, Shape.of(rows, filled));
    filled_RC.narrow(1, 0, channels).copy_(rows_RC);
    return filled_RC.view(rows, -1, width);
  }

  @Override
  public Iterator<Part> parts() {
    return List.of(new Part(0, 0, tokens, Tensors.floats(gram_BSS))).iterator();
  }

  @Override
  public void absorb(Part part) {
    if (part.values().length != gram_BSS.numel()) {
      throw new IllegalArgumentException(
          part.values().length + " values are no blocks of " + Tensors.shape(gram_BSS));
    }
    try (Scope scope = Scope.open()) {
      gram_BSS.add_(Tensors.of(part.values(), gram_BSS.shape()));
    }
    tokens += part.sequences();
  }

  /**
   * What a change D of a weight does to outputs: D G by its blocks, times D, for each element. They
   * add up to the sum of squares of what the outputs of a block change by. In the innermost scope.
   */
  public Tensor losses(Tensor change_RC) {
    try (Scope scope = Scope.open()) {
      Tensor change_BRS = blocks(change_RC).transpose(0, 1).contiguous();
      Tensor losses_RC =
          change_BRS
              .bmm(gram_BSS)
              .mul_(change_BRS)
              .transpose(0, 1)
              .reshape(change_RC.size(0), -1)
              .narrow(1, 0, channels);
      return scope.keep(losses_RC.contiguous());
    }
  }

  @Override
  public void rescale(float[] factor_C) {
    try (Scope scope = Scope.open()) {
      Tensor factor_BS = blocks(Tensors.of(factor_C, 1, channels)).squeeze(0);
      gram_BSS.mul_(factor_BS.unsqueeze(1)).mul_(factor_BS.unsqueeze(2));
    }
  }

  /** How many tokens were seen. */
  public long tokens() {
    return tokens;
  }

  @Override
  public void close() {
    holding.close();
  }
}
