/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Experts.AddRouted;
import dev.sinter.graph.Experts.Select;
import dev.sinter.graph.Op.Linear;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExpertsTest {
  private static final Frame FRAME = Frame.of(name -> null, Sequences.of(3));

  private static Tensor routing() {
    return Tensors.of(new float[] {.5f, -1, -1, -1, 0, -1, .25f, 2, -1}, 3, 3);
  }

  private static Tensor x() {
    return Tensors.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
  }

  @Test
  void expertSeesTheTokensThatAreRoutedToItEvenWithWeightZero() {
    try (Scope scope = Scope.open()) {
      assertThat(selected(0)).containsExactly(1, 2, 5, 6);
      assertThat(selected(1)).containsExactly(3, 4, 5, 6);
      assertThat(selected(2)).isEmpty();
    }
  }

  private static float[] selected(int expert) {
    return Tensors.floats(new Select(expert).apply(FRAME, List.of(x(), routing())));
  }

  @Test
  void outputsAreWeightedAndAddedToTheirTokens() {
    try (Scope scope = Scope.open()) {
      Tensor sum = Tensors.of(new float[] {10, 20, 30, 40, 50, 60}, 3, 2);
      Tensor output = Tensors.of(new float[] {1, 1, 2, 4}, 2, 2);

      Tensor added =
          new AddRouted(0, ExpertCoverage.ROUTED).apply(FRAME, List.of(sum, output, routing()));

      assertThat(Tensors.floats(added)).containsExactly(10.5f, 20.5f, 30, 40, 50.5f, 61);
    }
  }

  @Test
  void outputsForAllTokensCountWhereTheyAreRouted() {
    try (Scope scope = Scope.open()) {
      Tensor sum = Tensors.of(new float[6], 3, 2);

      Tensor added =
          new AddRouted(1, ExpertCoverage.ALL).apply(FRAME, List.of(sum, x(), routing()));

      assertThat(Tensors.floats(added)).containsExactly(0, 0, 0, 0, 10, 12);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16", "F16"})
  void expertWithoutTokensBreaksNothing(DType dtype) {
    try (Scope scope = Scope.open()) {
      Tensor weight_RC = Tensors.to(Tensors.of(new float[8], 4, 2), dtype);
      Tensor bias_R = Tensors.to(Tensors.of(new float[4], 4), dtype);
      Frame frame = Frame.of(name -> name.equals("m.weight") ? weight_RC : bias_R, Sequences.of(3));
      Tensor none = new Select(2).apply(frame, List.of(Tensors.to(x(), dtype), routing()));

      Tensor made = new Linear("m", 4, Bias.PRESENT).apply(frame, List.of(none));
      Tensor activated = Activation.SILU.apply(frame, List.of(made));
      Tensor sum = Tensors.of(new float[12], 3, 4);
      Tensor added =
          new AddRouted(2, ExpertCoverage.ROUTED).apply(frame, List.of(sum, activated, routing()));

      assertThat(activated.shape()).containsExactly(0, 4);
      assertThat(Tensors.dtype(activated)).isEqualTo(dtype);
      assertThat(Tensors.floats(added)).containsOnly(0);
    }
  }
}
