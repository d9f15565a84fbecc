/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Tensors;
import java.io.Serializable;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Chooses experts for each token: from the router's logits [tokens, experts] to the weight of each
 * expert's output, {@link #NOT_ROUTED} where it is not asked.
 *
 * @param correction the parameter that is added to scores for the choice alone; empty for none
 */
public record Route(
    Scores scores, int perToken, Groups groups, Weighting weighting, String correction)
    implements Op {
  /** No weight is negative: scores are probabilities. */
  static final double NOT_ROUTED = -1;

  /** What becomes of logits; in fp32. */
  public enum Scores {
    /** Their softmax. */
    SOFTMAX,
    SIGMOID,
    /** The softmax of those that are chosen, in the type of the logits. */
    SOFTMAX_OF_CHOSEN
  }

  /** Experts in groups of equal size, of which only some are asked (arXiv 2405.04434, 2.2.2). */
  public record Groups(int count, int chosen, Best best) implements Serializable {
    /** All experts in one group. */
    public static final Groups NONE = new Groups(1, 1, Best.MAX);

    /** What a group is chosen by. */
    public enum Best {
      MAX,
      /** The sum of its two best (arXiv 2412.19437, section 2.1.2). */
      SUM_OF_TWO
    }
  }

  /** How the scores of the chosen become weights. */
  public record Weighting(Sum sum, double scale, Type type) implements Serializable {
    /** What they add up to. */
    public enum Sum {
      AS_IT_IS,
      ONE
    }

    /** Their type. */
    public enum Type {
      F32,
      OF_LOGITS
    }
  }

  /** The part of all tokens that an expert sees, by the routings that nodes make. */
  public static Map<Value, Double> shares(Collection<Node> nodes) {
    Map<Value, Double> shares = new HashMap<>();
    for (Node node : nodes) {
      if (node.op() instanceof Route route) {
        shares.put(node.output(), (double) route.perToken() / node.output().channels());
      }
    }
    return shares;
  }

  /** The best of a softmax over all experts. */
  public static Route softmax(int perToken, Weighting.Sum sum, Weighting.Type type) {
    return new Route(Scores.SOFTMAX, perToken, Groups.NONE, new Weighting(sum, 1, type), "");
  }

  /** The same with a parameter that is added to scores for the choice. */
  public Route correctedBy(String parameter) {
    return new Route(scores, perToken, groups, weighting, parameter);
  }

  @Override
  public List<String> parameters() {
    return correction.isEmpty() ? List.of() : List.of(correction);
  }

  /** The corrections of experts differ by less than bf16 tells apart. */
  @Override
  public List<String> exactParameters() {
    return parameters();
  }

  @Override
  public String label() {
    return "choose " + perToken + " experts";
  }

  @Override
  public Tensor apply(Frame frame, List<Tensor> inputs) {
    Tensor logits_NE = inputs.get(0);
    Tensor scores_NE = scores(logits_NE);
    Tensor indices_NK = choice(frame, scores_NE);
    Tensor weights_NK = weights(scores_NE.gather(1, indices_NK), Tensors.dtype(logits_NE));
    return Tensors.empty(Tensors.dtype(weights_NK), Tensors.shape(logits_NE))
        .fill_(new Scalar(NOT_ROUTED))
        .scatter_(1, indices_NK, weights_NK);
  }

  private Tensor scores(Tensor logits_NE) {
    return switch (scores) {
      case SOFTMAX -> logits_NE.softmax(-1, new ScalarTypeOptional(DType.F32.scalarType()));
      case SIGMOID -> Tensors.to(logits_NE, DType.F32).sigmoid();
      case SOFTMAX_OF_CHOSEN -> logits_NE;
    };
  }

  private Tensor choice(Frame frame, Tensor scores_NE) {
    Tensor ranked_NE =
        correction.isEmpty() ? scores_NE : scores_NE.add(frame.parameter(correction));
    Tensor open_NE = groups.count() == 1 ? ranked_NE : withinGroups(ranked_NE);
    return top(open_NE, perToken).get1();
  }

  /** Experts outside the best groups are never chosen. */
  private Tensor withinGroups(Tensor ranked_NE) {
    long tokens = ranked_NE.size(0);
    long size = ranked_NE.size(1) / groups.count();
    Tensor ranked_NGS = ranked_NE.view(tokens, groups.count(), size);
    Tensor best_NG =
        groups.best() == Groups.Best.MAX
            ? ranked_NGS.amax(new long[] {-1}, false)
            : top(ranked_NGS, 2).get0().sum(-1);
    Tensor closed_NG =
        torch.ones_like(best_NG).scatter_(1, top(best_NG, groups.chosen()).get1(), new Scalar(0));
    return ranked_NGS
        .masked_fill(
            closed_NG.gt(new Scalar(0)).unsqueeze(-1), new Scalar(Double.NEGATIVE_INFINITY))
        .view(tokens, ranked_NE.size(1));
  }

  private Tensor weights(Tensor chosen_NK, DType logitsType) {
    Tensor weights_NK = scores == Scores.SOFTMAX_OF_CHOSEN ? chosen_NK.softmax(-1) : chosen_NK;
    if (weighting.sum() == Weighting.Sum.ONE) {
      // The summand keeps tokens whose scores all vanished at zero.
      Tensor sum_N1 = weights_NK.sum(new long[] {-1}, true, null).add_(new Scalar(1e-20));
      weights_NK = weights_NK.div(sum_N1);
    }
    if (weighting.scale() != 1) {
      weights_NK = weights_NK.mul(new Scalar(weighting.scale()));
    }
    return weighting.type() == Weighting.Type.F32 ? weights_NK : Tensors.to(weights_NK, logitsType);
  }

  private static T_TensorTensor_T top(Tensor values, long count) {
    return torch.topk(values, count);
  }
}
