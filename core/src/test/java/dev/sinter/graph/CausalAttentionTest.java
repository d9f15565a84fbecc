/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CausalAttentionTest {
  private static final int DIM = 6;

  @ParameterizedTest
  @CsvSource({"1, 2, 1", "5, 2, 2", "127, 4, 2", "128, 4, 2", "129, 4, 1", "300, 4, 2"})
  void blocksOfQueriesGiveTheWholeComputedInFp64(int tokens, int heads, int keyHeads) {
    int batch = 2;
    try (Scope scope = Scope.open()) {
      Tensor q = RandomTensors.normal(1, batch, tokens, (long) heads * DIM);
      Tensor k = RandomTensors.normal(2, batch, tokens, (long) keyHeads * DIM);
      Tensor v = RandomTensors.normal(3, batch, tokens, (long) keyHeads * DIM);

      Tensor mixed = new CausalAttention(heads, keyHeads, DIM).apply(null, List.of(q, k, v));

      assertThat(mixed.shape()).containsExactly(batch, tokens, (long) heads * DIM);
      float[] found = Tensors.floats(mixed);
      float[][] inputs = {Tensors.floats(q), Tensors.floats(k), Tensors.floats(v)};
      for (int b = 0; b < batch; b++) {
        for (int token = 0; token < tokens; token++) {
          for (int head = 0; head < heads; head++) {
            double[] expected = attend(inputs, tokens, heads, keyHeads, b, token, head);
            for (int d = 0; d < DIM; d++) {
              int at = ((b * tokens + token) * heads + head) * DIM + d;
              assertThat((double) found[at]).isCloseTo(expected[d], within(2e-6));
            }
          }
        }
      }
    }
  }

  /** One query of one head, by the definition. */
  private static double[] attend(
      float[][] inputs, int tokens, int heads, int keyHeads, int batch, int token, int head) {
    int query = ((batch * tokens + token) * heads + head) * DIM;
    int keyHead = head / (heads / keyHeads);
    double[] sum = new double[DIM];
    double weights = 0;
    for (int key = 0; key <= token; key++) {
      int at = ((batch * tokens + key) * keyHeads + keyHead) * DIM;
      double score = 0;
      for (int d = 0; d < DIM; d++) {
        score += (double) inputs[0][query + d] * inputs[1][at + d];
      }
      double weight = Math.exp(score / Math.sqrt(DIM));
      weights += weight;
      for (int d = 0; d < DIM; d++) {
        sum[d] += weight * inputs[2][at + d];
      }
    }
    for (int d = 0; d < DIM; d++) {
      sum[d] /= weights;
    }
    return sum;
  }
}
