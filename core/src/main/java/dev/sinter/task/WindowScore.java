/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Tensors;
import java.io.Serializable;
import org.bytedeco.pytorch.Tensor;

/**
 * What was measured of some tokens, in sums: each is added up in the order of the tokens, in
 * doubles.
 *
 * @param negativeLogLikelihood of the tokens that were predicted
 * @param predicted how many these are
 * @param divergence Kullback-Leibler divergence from the first model's distribution, of all tokens
 * @param agreeing for how many tokens both models think the same next one likeliest
 * @param tokens how many tokens these two are about
 */
public record WindowScore(
    double negativeLogLikelihood, long predicted, double divergence, long agreeing, long tokens)
    implements Serializable {
  public static final WindowScore NONE = new WindowScore(0, 0, 0, 0, 0);

  /** Of the model that others are compared with: its log probabilities, and what came next. */
  static WindowScore of(Tensor logProbabilities_NV, Tensor next_N) {
    long tokens = logProbabilities_NV.size(0);
    return new WindowScore(
        negativeLogLikelihood(logProbabilities_NV, next_N), next_N.numel(), 0, tokens, tokens);
  }

  /** Of log probabilities, against those of the first model and the tokens that came next. */
  static WindowScore against(Tensor reference_NV, Tensor logProbabilities_NV, Tensor next_N) {
    Tensor agreeing_N = argmax(reference_NV).eq(argmax(logProbabilities_NV));
    // KL(p || q) = sum p (log p - log q), over the vocabulary.
    Tensor divergence_N =
        reference_NV
            .exp()
            .mul_(reference_NV.sub(logProbabilities_NV))
            .sum(new long[] {-1}, /* keepdim= */ false, null);
    return new WindowScore(
        negativeLogLikelihood(logProbabilities_NV, next_N),
        next_N.numel(),
        sum(divergence_N),
        Tensors.to(agreeing_N, DType.I64).sum().item_long(),
        reference_NV.size(0));
  }

  private static double negativeLogLikelihood(Tensor logProbabilities_NV, Tensor next_N) {
    long predicted = next_N.numel();
    return predicted == 0
        ? 0
        : -sum(logProbabilities_NV.narrow(0, 0, predicted).gather(1, next_N.unsqueeze(1)));
  }

  private static Tensor argmax(Tensor values_NV) {
    return values_NV.argmax(new org.bytedeco.pytorch.LongOptional(-1), /* keepdim= */ false);
  }

  private static double sum(Tensor values) {
    double sum = 0;
    for (float value : Tensors.floats(values)) {
      sum += value;
    }
    return sum;
  }

  public WindowScore plus(WindowScore other) {
    return new WindowScore(
        negativeLogLikelihood + other.negativeLogLikelihood,
        predicted + other.predicted,
        divergence + other.divergence,
        agreeing + other.agreeing,
        tokens + other.tokens);
  }
}
