/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.forward;

import dev.sinter.session.SampleSource;
import dev.sinter.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * What an evaluation is asked for.
 *
 * @param models the checkpoints; others are compared with the first
 * @param windows the token ids that are predicted
 * @param workspace a folder that all executors reach, for activations on their way
 */
public record EvaluationRequest(
    List<String> models, SampleSource windows, String workspace, Settings settings) {
  public EvaluationRequest {
    models = List.copyOf(models);
  }

  /**
   * Settings that come from the request and never from the cluster.
   *
   * @param dtype the type that models are run in, where not each one's own
   * @param slices into how many slices the windows are cut; a slice is a task
   * @param batchSize windows in a micro-batch
   * @param threads threads of one task's arithmetic
   */
  public record Settings(Optional<DType> dtype, int slices, int batchSize, int threads) {}
}
