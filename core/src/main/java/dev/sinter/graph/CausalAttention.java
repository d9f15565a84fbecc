/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * softmax(q kᵀ / sqrt(headDim)) v over the tokens up to each one (arXiv 1706.03762, eq. 1), with
 * fewer key heads than query heads where the model groups them. Queries are taken in blocks against
 * the keys that they may see, so that scores never hold more than a block; the softmax is in fp32.
 */
public record CausalAttention(int heads, int keyHeads, int headDim) implements Op {
  private static final long QUERY_BLOCK = 128;

  @Override
  public Tensor apply(Weights weights, List<Tensor> inputs) {
    try (Scope scope = Scope.open()) {
      Tensor q_BHTD = byHead(inputs.get(0), heads);
      Tensor k_BHTD = repeated(byHead(inputs.get(1), keyHeads));
      Tensor v_BHTD = repeated(byHead(inputs.get(2), keyHeads));
      Tensor out_BHTD = torch.empty_like(q_BHTD);
      long tokens = q_BHTD.size(2);
      for (long start = 0; start < tokens; start += QUERY_BLOCK) {
        attend(q_BHTD, k_BHTD, v_BHTD, out_BHTD, start, Math.min(start + QUERY_BLOCK, tokens));
      }
      Tensor joined_BTC = out_BHTD.transpose(1, 2).contiguous().view(inputs.get(0).shape());
      return scope.keep(joined_BTC);
    }
  }

  private void attend(
      Tensor q_BHTD, Tensor k_BHTD, Tensor v_BHTD, Tensor out_BHTD, long start, long end) {
    try (Scope scope = Scope.open()) {
      Tensor q = tokens(q_BHTD, start, end);
      Tensor scores_BHQK =
          torch
              .matmul(q, tokens(k_BHTD, 0, end).transpose(2, 3))
              .mul_(new Scalar(1 / Math.sqrt(headDim)));
      // Row r of the block is token start + r: the keys behind it are out of sight.
      Tensor hidden_QK =
          torch.ones(new long[] {end - start, end}).triu(start + 1).gt(new Scalar(0));
      scores_BHQK.masked_fill_(hidden_QK, new Scalar(Double.NEGATIVE_INFINITY));
      Tensor weights_BHQK =
          Tensors.to(
              scores_BHQK.softmax(-1, new ScalarTypeOptional(DType.F32.scalarType())),
              Tensors.dtype(q));
      tokens(out_BHTD, start, end).copy_(torch.matmul(weights_BHQK, tokens(v_BHTD, 0, end)));
    }
  }

  private static Tensor tokens(Tensor x_BHTD, long start, long end) {
    return x_BHTD.slice(2, new LongOptional(start), new LongOptional(end), 1);
  }

  private Tensor byHead(Tensor x_BTC, int count) {
    return x_BTC.view(x_BTC.size(0), x_BTC.size(1), count, headDim).transpose(1, 2).contiguous();
  }

  /** Each key head serves heads / keyHeads query heads that follow one another. */
  private Tensor repeated(Tensor x_BHTD) {
    int times = heads / keyHeads;
    return times == 1
        ? x_BHTD
        : x_BHTD.repeat_interleave(times, new LongOptional(1), new LongOptional());
  }
}
