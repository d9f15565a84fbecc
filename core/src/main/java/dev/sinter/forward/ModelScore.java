/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.forward;

import dev.sinter.json.Json;
import dev.sinter.task.WindowScore;
import dev.sinter.tensor.DType;

/**
 * What an evaluation found of one checkpoint, over all windows.
 *
 * @param forwardSeconds how long it took to the activations before the last subgraph
 */
public record ModelScore(
    String model, DType dtype, int windows, WindowScore sums, double forwardSeconds) {

  /** exp of the mean negative log likelihood of the tokens that were predicted. */
  public double perplexity() {
    return Math.exp(sums.negativeLogLikelihood() / sums.predicted());
  }

  /** Mean Kullback-Leibler divergence from the first checkpoint's logits. */
  public double divergence() {
    return sums.divergence() / sums.tokens();
  }

  /** The share of tokens after which both checkpoints think the same next one likeliest. */
  public double agreement() {
    return (double) sums.agreeing() / sums.tokens();
  }

  public Json.Obj json() {
    return Json.object(
        "model", model,
        "dtype", dtype.name(),
        "perplexity", perplexity(),
        "kl_divergence", divergence(),
        "top1_agreement", agreement(),
        "windows", windows,
        "predicted_tokens", sums.predicted(),
        "forward_seconds", Math.round(forwardSeconds * 1000) / 1000.0);
  }
}
