/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.Route.Groups;
import dev.sinter.graph.Route.Scores;
import dev.sinter.graph.Route.Weighting;
import dev.sinter.graph.Route.Weighting.Sum;
import dev.sinter.graph.Route.Weighting.Type;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Weights by the definition, on logits whose softmax is simple: logarithms of parts of one. */
class RouteTest {
  private static final float[] PARTS = {.1f, .3f, .05f, .25f, .2f, .1f};
  private static final Weighting PLAIN = new Weighting(Sum.AS_IT_IS, 1, Type.F32);

  private static float[] logits() {
    float[] logits = new float[PARTS.length];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) Math.log(PARTS[i]);
    }
    return logits;
  }

  private static float[] weights(Route route, float... correction) {
    try (Scope scope = Scope.open()) {
      Tensor logits_NE = Tensors.of(logits(), 1, PARTS.length);
      Frame frame = Frame.of(name -> Tensors.of(correction, correction.length), Sequences.of(1));
      return Tensors.floats(route.apply(frame, List.of(logits_NE)));
    }
  }

  private static void assertWeights(float[] found, double... expected) {
    assertThat(found).hasSize(expected.length);
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i]).as("expert " + i).isCloseTo(expected[i], within(1e-6));
    }
  }

  @Test
  void bestOfASoftmaxKeepTheirShares() {
    assertWeights(
        weights(new Route(Scores.SOFTMAX, 2, Groups.NONE, PLAIN, "")), -1, .3, -1, .25, -1, -1);
  }

  @Test
  void sharesAreNormedAndScaled() {
    assertWeights(
        weights(
            new Route(Scores.SOFTMAX, 2, Groups.NONE, new Weighting(Sum.ONE, 2.5, Type.F32), "")),
        -1,
        2.5 * .3 / .55,
        -1,
        2.5 * .25 / .55,
        -1,
        -1);
  }

  @Test
  void softmaxOfTheChosenAddsUpToOne() {
    assertWeights(
        weights(new Route(Scores.SOFTMAX_OF_CHOSEN, 3, Groups.NONE, PLAIN, "")),
        -1,
        .3 / .75,
        -1,
        .25 / .75,
        .2 / .75,
        -1);
  }

  @Test
  void bestGroupsAreThoseOfTheirBestExpert() {
    Groups groups = new Groups(3, 2, Groups.Best.MAX);

    assertWeights(
        weights(new Route(Scores.SOFTMAX, 3, groups, PLAIN, "")), .1, .3, -1, .25, -1, -1);
  }

  @Test
  void bestGroupsAreThoseOfTheirTwoBestExperts() {
    Groups groups = new Groups(2, 1, Groups.Best.SUM_OF_TWO);

    // .3 + .1 against .25 + .2.
    assertWeights(
        weights(new Route(Scores.SOFTMAX, 2, groups, PLAIN, "")), -1, -1, -1, .25, .2, -1);
  }

  @Test
  void correctionDecidesTheChoiceAndNotTheWeight() {
    Route route = new Route(Scores.SIGMOID, 1, Groups.NONE, PLAIN, "").correctedBy("b");

    assertThat(route.parameters()).containsExactly("b");
    assertThat(route.exactParameters()).containsExactly("b");
    assertWeights(weights(route, 0, 0, .9f, 0, 0, 0), -1, -1, .05 / (1 + .05), -1, -1, -1);
  }

  @Test
  void groupsWithOnlyNegativeCorrectedScoresAreStillChosenFrom() {
    Groups groups = new Groups(3, 1, Groups.Best.SUM_OF_TWO);
    Route route = new Route(Scores.SIGMOID, 2, groups, PLAIN, "").correctedBy("b");

    assertWeights(weights(route, -9, -9, -5, -5, -7, -7), -1, -1, .05 / 1.05, .25 / 1.25, -1, -1);
  }

  @Test
  void weightsHaveTheTypeOfTheLogitsWhereAsked() {
    try (Scope scope = Scope.open()) {
      Tensor logits_NE = Tensors.to(Tensors.of(logits(), 1, PARTS.length), DType.BF16);
      Frame frame = Frame.of(name -> null, Sequences.of(1));

      Tensor exact = Route.softmax(2, Sum.ONE, Type.F32).apply(frame, List.of(logits_NE));
      Tensor rounded = Route.softmax(2, Sum.ONE, Type.OF_LOGITS).apply(frame, List.of(logits_NE));

      assertThat(Tensors.dtype(exact)).isEqualTo(DType.F32);
      assertThat(Tensors.dtype(rounded)).isEqualTo(DType.BF16);
      assertThat(rounded.equal(Tensors.to(exact, DType.BF16))).isTrue();
    }
  }
}
