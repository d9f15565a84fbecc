/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Sequences.Sequence;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttentionTest {
  private static final int DIM = 6;
  private static final int VALUE_DIM = 4;
  private static final float[] SINKS = {0.5f, -1, 3, 0.1f};

  @ParameterizedTest
  @CsvSource({"1, 2, 1", "5, 2, 2", "127, 4, 2", "128, 4, 2", "129, 4, 1", "300, 4, 2"})
  void blocksOfQueriesGiveTheWholeComputedInFp64(int tokens, int heads, int keyHeads) {
    check(Attention.causal("a", heads(heads, keyHeads)), Sequences.of(tokens));
  }

  @ParameterizedTest
  @CsvSource({"1, 40", "2, 300", "16, 300", "128, 300", "129, 300", "300, 300", "1000, 300"})
  void windowLimitsHowFarBackAQuerySees(int window, int tokens) {
    check(Attention.causal("a", heads(4, 2)).within(window), Sequences.of(tokens));
  }

  @Test
  void sinksTakeWeightFromAllKeys() {
    check(Attention.causal("a", heads(4, 2)).withSinks("s"), Sequences.of(140));
    check(Attention.causal("a", heads(4, 4)).withSinks("s").within(3), Sequences.of(20, 140));
  }

  @Test
  void scoresAreScaledAndCapped() {
    check(Attention.causal("a", heads(4, 2)).scaledBy(2).cappedAt(1.5), Sequences.of(50));
  }

  @Test
  void sequencesDoNotSeeEachOther() {
    check(Attention.causal("a", heads(4, 2)), Sequences.of(3, 130, 1, 64));
  }

  @Test
  void queriesKeysAndValuesPassTheirHooksByHead() {
    List<String> seen = new ArrayList<>();
    Hooks doubling =
        new Hooks() {
          @Override
          public Tensor query(String module, Tensor q_NHD) {
            seen.add("query of " + module + " " + Tensors.shape(q_NHD));
            return q_NHD;
          }

          @Override
          public Tensor key(String module, Tensor k_NHD) {
            seen.add("key of " + module + " " + Tensors.shape(k_NHD));
            return k_NHD;
          }

          @Override
          public Tensor value(String module, Tensor v_NHD) {
            seen.add("value of " + module + " " + Tensors.shape(v_NHD));
            return v_NHD.add(v_NHD);
          }
        };
    Attention attention = Attention.causal("layers.0.self_attn", heads(4, 2));
    try (Scope scope = Scope.open()) {
      List<Tensor> inputs = inputs(attention, 9);
      Frame plain = frame(Sequences.of(9));

      float[] expected =
          Tensors.floats(attention.apply(plain, inputs).mul(Tensors.of(new float[] {2}, 1)));
      float[] found =
          Tensors.floats(
              attention.apply(new Frame(plain.weights(), doubling, plain.sequences()), inputs));

      assertThat(found).containsExactly(expected, within(1e-6f));
    }
    assertThat(seen)
        .containsExactly(
            "query of layers.0.self_attn [9, 4, 6]",
            "key of layers.0.self_attn [9, 2, 6]",
            "value of layers.0.self_attn [9, 2, 4]");
  }

  @Test
  void headsThatDoNotGroupAreRefused() {
    assertThatThrownBy(() -> heads(4, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("4 query heads on 3 key heads");
  }

  private static Heads heads(int queries, int keys) {
    return new Heads(queries, keys, DIM, VALUE_DIM);
  }

  private static Frame frame(Sequences sequences) {
    return Frame.of(name -> Tensors.of(SINKS, SINKS.length), sequences);
  }

  private static List<Tensor> inputs(Attention attention, long tokens) {
    Heads heads = attention.heads();
    return List.of(
        RandomTensors.normal(1, tokens, heads.queryChannels()),
        RandomTensors.normal(2, tokens, heads.keyChannels()),
        RandomTensors.normal(3, tokens, heads.valueWidth()));
  }

  private static void check(Attention attention, Sequences sequences) {
    Heads heads = attention.heads();
    try (Scope scope = Scope.open()) {
      List<Tensor> inputs = inputs(attention, sequences.tokens());

      Tensor mixed = attention.apply(frame(sequences), inputs);

      assertThat(mixed.shape()).containsExactly(sequences.tokens(), heads.outputChannels());
      float[] found = Tensors.floats(mixed);
      float[][] floats = inputs.stream().map(Tensors::floats).toArray(float[][]::new);
      for (Sequence sequence : sequences.each()) {
        for (long token = 0; token < sequence.length(); token++) {
          for (int head = 0; head < heads.queries(); head++) {
            double[] expected = attend(attention, floats, sequence.start(), token, head);
            for (int d = 0; d < VALUE_DIM; d++) {
              int row = (int) (sequence.start() + token);
              int at = (row * heads.queries() + head) * VALUE_DIM + d;
              assertThat((double) found[at]).isCloseTo(expected[d], within(2e-6));
            }
          }
        }
      }
    }
  }

  /** One query of one head, by the definition. */
  private static double[] attend(
      Attention attention, float[][] inputs, long start, long token, int head) {
    Heads heads = attention.heads();
    int query = (int) ((start + token) * heads.queries() + head) * DIM;
    int keyHead = head / (heads.queries() / heads.keys());
    double[] sum = new double[VALUE_DIM];
    double weights = !attention.sinks().isEmpty() ? Math.exp(SINKS[head]) : 0;
    for (long key = Math.max(0, token - attention.window() + 1); key <= token; key++) {
      int row = (int) (start + key) * heads.keys() + keyHead;
      double score = 0;
      for (int d = 0; d < DIM; d++) {
        score += (double) inputs[0][query + d] * inputs[1][row * DIM + d];
      }
      score *= attention.scale();
      if (Double.isFinite(attention.softCap())) {
        score = attention.softCap() * Math.tanh(score / attention.softCap());
      }
      double weight = Math.exp(score);
      weights += weight;
      for (int d = 0; d < VALUE_DIM; d++) {
        sum[d] += weight * inputs[2][row * VALUE_DIM + d];
      }
    }
    for (int d = 0; d < VALUE_DIM; d++) {
      sum[d] /= weights;
    }
    return sum;
  }
}
