/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import dev.sinter.graph.Sequences.Sequence;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.io.Serializable;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * softmax(scale q kᵀ) v over the tokens of the same sequence up to each one (arXiv 1706.03762, eq.
 * 1), with fewer key heads than query heads where the model groups them. Queries are taken in
 * blocks against the keys that they may see, so that scores never hold more than a block.
 *
 * @param module the attention module, whose keys and values a cache would keep
 * @param window how many tokens a query sees, its own included
 * @param softCap the bound of scores by {@code cap tanh(score / cap)}; infinite for none
 * @param sinks the parameter that holds, for each query head, a learned score that takes weight
 *     away from all keys; empty for none
 */
public record Attention(
    String module, Heads heads, double scale, long window, double softCap, String sinks)
    implements Op {
  /** How it is said, at its end, that factors cannot pass from values to what is put out. */
  public static final String SHARED_VALUES =
      " value heads, and their columns would need equal factors";

  private static final long QUERY_BLOCK = 128;

  /** How many scores fit in a core's cache, with what is made of them. */
  private static final long SCORES = 1L << 18;

  /** How channels fall into heads; each key head serves queries / keys query heads. */
  public record Heads(int queries, int keys, int channels, int valueChannels)
      implements Serializable {
    public Heads {
      if (queries <= 0 || keys <= 0 || queries % keys != 0) {
        throw new IllegalArgumentException(queries + " query heads on " + keys + " key heads");
      }
    }

    /** Heads whose values are as wide as their keys. */
    public Heads(int queries, int keys, int channels) {
      this(queries, keys, channels, channels);
    }

    public long queryChannels() {
      return (long) queries * channels;
    }

    public long keyChannels() {
      return (long) keys * channels;
    }

    public long valueWidth() {
      return (long) keys * valueChannels;
    }

    public long outputChannels() {
      return (long) queries * valueChannels;
    }
  }

  /** Attention to all tokens before, scaled by 1 / sqrt(channels). */
  public static Attention causal(String module, Heads heads) {
    double scale = 1 / Math.sqrt(heads.channels());
    return new Attention(module, heads, scale, Long.MAX_VALUE, Double.POSITIVE_INFINITY, "");
  }

  /** The same of another module. */
  public Attention in(String otherModule) {
    return new Attention(otherModule, heads, scale, window, softCap, sinks);
  }

  public Attention scaledBy(double factor) {
    return new Attention(module, heads, factor, window, softCap, sinks);
  }

  public Attention within(long tokens) {
    return new Attention(module, heads, scale, tokens, softCap, sinks);
  }

  public Attention cappedAt(double cap) {
    return new Attention(module, heads, scale, window, cap, sinks);
  }

  public Attention withSinks(String parameter) {
    return new Attention(module, heads, scale, window, softCap, parameter);
  }

  @Override
  public List<String> parameters() {
    return sinks.isEmpty() ? List.of() : List.of(sinks);
  }

  @Override
  public long channels(List<Value> inputs) {
    return heads.outputChannels();
  }

  @Override
  public String label() {
    String who = heads.queries() + " heads on " + heads.keys();
    return "attention, " + who + (window == Long.MAX_VALUE ? "" : ", window " + window);
  }

  /** Each token's query with the keys that it sees, and their weights with the values. */
  @Override
  public double flops(List<Value> inputs, Load load) {
    double length = load.length();
    double seen = Math.min(length, (double) window);
    double pairs = length * seen - seen * (seen - 1) / 2;
    double channels = (double) heads.queries() * (heads.channels() + heads.valueChannels());
    return 2 * channels * pairs * load.tokens() / length;
  }

  @Override
  public Carry carry(List<Value> inputs, int index) {
    if (index < 2) {
      return Carry.STEERS;
    }
    return heads.queries() == heads.keys()
        ? Carry.THROUGH
        : new Carry.Lost(heads.queries() + " query heads share " + heads.keys() + SHARED_VALUES);
  }

  @Override
  public Tensor apply(Frame frame, List<Tensor> inputs) {
    try (Scope scope = Scope.open()) {
      Hooks hooks = frame.hooks();
      Tensor q_NHD = hooks.query(module, byHead(inputs.get(0), heads.channels()));
      Tensor k_NHD = hooks.key(module, byHead(inputs.get(1), heads.channels()));
      Tensor v_NHD = hooks.value(module, byHead(inputs.get(2), heads.valueChannels()));
      Tensor out_NC =
          Tensors.empty(Tensors.dtype(q_NHD), Shape.of(q_NHD.size(0), heads.outputChannels()));
      for (Sequence sequence : frame.sequences().each()) {
        attend(
            frame,
            rows(q_NHD, sequence),
            rows(k_NHD, sequence),
            rows(v_NHD, sequence),
            rows(out_NC, sequence));
      }
      return scope.keep(out_NC);
    }
  }

  private static Tensor byHead(Tensor x_NC, int channels) {
    return x_NC.view(x_NC.size(0), x_NC.size(1) / channels, channels);
  }

  private static Tensor rows(Tensor x, Sequence sequence) {
    return x.narrow(0, sequence.start(), sequence.length());
  }

  /** One sequence; K key heads, and G query heads on each. */
  private void attend(Frame frame, Tensor q_THD, Tensor k_TKD, Tensor v_TKD, Tensor out_TC) {
    try (Scope scope = Scope.open()) {
      long tokens = q_THD.size(0);
      Tensor q_KGTD = byKeyHead(q_THD, heads.channels());
      Tensor k_KTD = k_TKD.transpose(0, 1).contiguous();
      Tensor v_KTD = v_TKD.transpose(0, 1).contiguous();
      Tensor out_KGTD = byKeyHead(out_TC, heads.valueChannels());
      for (long start = 0; start < tokens; start += QUERY_BLOCK) {
        Block block = Block.of(start, Math.min(start + QUERY_BLOCK, tokens), window);
        long step = headsAtATime(block);
        for (long head = 0; head < heads.keys(); head += step) {
          long count = Math.min(step, heads.keys() - head);
          try (Scope part = Scope.open()) {
            Tensor mixed_KGQD =
                attend(
                    block.queries(q_KGTD.narrow(0, head, count)),
                    block.keys(k_KTD.narrow(0, head, count)),
                    block.keys(v_KTD.narrow(0, head, count)),
                    block,
                    sinks(frame, head, count));
            block.queries(out_KGTD.narrow(0, head, count)).copy_(mixed_KGQD);
          }
        }
      }
    }
  }

  /** A view [key heads, query heads on each, tokens, channels]. */
  private Tensor byKeyHead(Tensor x_TC, int channels) {
    return x_TC.view(x_TC.size(0), heads.keys(), heads.queries() / heads.keys(), channels)
        .permute(1, 2, 0, 3);
  }

  /** As many key heads as have scores that stay in a core's cache. */
  private long headsAtATime(Block block) {
    long scores = heads.queries() / heads.keys() * block.count() * block.seen();
    return Math.min(heads.keys(), Math.max(1, SCORES / scores));
  }

  /** Queries from start to end, and the keys from the first that any of them sees. */
  private record Block(long start, long end, long first) {
    /** Within a window. */
    static Block of(long start, long end, long window) {
      return new Block(start, end, window > start ? 0 : start - window + 1);
    }

    long count() {
      return end - start;
    }

    long seen() {
      return end - first;
    }

    Tensor queries(Tensor x_KGTD) {
      return x_KGTD.narrow(2, start, count());
    }

    Tensor keys(Tensor x_KTD) {
      return x_KTD.narrow(1, first, seen());
    }
  }

  /** Some heads of a block. */
  private Tensor attend(Tensor q_KGQD, Tensor k_KSD, Tensor v_KSD, Block block, Tensor sinks_KG11) {
    long[] shape = {q_KGQD.size(0), q_KGQD.size(1), block.count(), block.seen()};
    Tensor q_KMD = q_KGQD.reshape(shape[0], shape[1] * shape[2], heads.channels());
    Tensor scores_KMS = torch.matmul(q_KMD, k_KSD.transpose(1, 2)).mul_(new Scalar(scale));
    if (Double.isFinite(softCap)) {
      scores_KMS.div_(new Scalar(softCap)).tanh_().mul_(new Scalar(softCap));
    }
    Tensor scores_KGQS = scores_KMS.view(shape);
    hide(scores_KGQS, block);
    Tensor weights_KGQS = Tensors.to(softmax(scores_KGQS, sinks_KG11), Tensors.dtype(v_KSD));
    return torch
        .matmul(weights_KGQS.view(scores_KMS.shape()), v_KSD)
        .view(shape[0], shape[1], shape[2], heads.valueChannels());
  }

  /** Takes out keys behind each query, or farther before it than the window. */
  private void hide(Tensor scores_KGQS, Block block) {
    boolean seesAll = window >= block.end;
    // Every query of the block sees what is before the block, unless it is out of its window.
    long suspect = seesAll ? block.start : block.first;
    Tensor queries_Q1 = numbers(block.start, block.end).unsqueeze(1);
    Tensor keys_S = numbers(suspect, block.end);
    Tensor hidden_QS = keys_S.gt(queries_Q1);
    if (!seesAll) {
      hidden_QS.logical_or_(keys_S.le(queries_Q1.sub(new Scalar(window))));
    }
    scores_KGQS
        .narrow(3, suspect - block.first, block.end - suspect)
        .masked_fill_(hidden_QS, new Scalar(Double.NEGATIVE_INFINITY));
  }

  private static Tensor numbers(long first, long end) {
    return torch.arange(
        new Scalar(first), new Scalar(end), new TensorOptions(DType.I64.scalarType()));
  }

  /** The sinks of some key heads' query heads; without elements if the model has none. */
  private Tensor sinks(Frame frame, long head, long count) {
    return sinks.isEmpty()
        ? torch.empty(0)
        : frame.parameter(sinks).view(heads.keys(), -1, 1, 1).narrow(0, head, count);
  }

  /** In fp32; with sinks in the type of the scores, as the only family that has them does it. */
  private static Tensor softmax(Tensor scores_KGQS, Tensor sinks_KG11) {
    if (sinks_KG11.numel() == 0) {
      return scores_KGQS.softmax(-1, new ScalarTypeOptional(DType.F32.scalarType()));
    }
    long[] shape = scores_KGQS.shape();
    Tensor sinks_KGQ1 = sinks_KG11.expand(shape[0], shape[1], shape[2], 1);
    Tensor all = torch.cat(new TensorVector(scores_KGQS, sinks_KGQ1), -1);
    all.sub_(all.amax(new long[] {-1}, true));
    return all.softmax(-1).narrow(-1, 0, shape[3]).contiguous();
  }
}
