/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.forward;

import java.util.List;

/**
 * What an evaluation found of each checkpoint, in their order.
 *
 * @param scoreSeconds how long logits and their figures took, for all of them together
 */
public record EvaluationResult(List<ModelScore> models, double scoreSeconds) {
  public EvaluationResult {
    models = List.copyOf(models);
  }
}
