/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.statistic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiagonalBlocksTest {
  private static DiagonalBlocks blocks(int width, int channels) {
    return (DiagonalBlocks) new StatisticType.GramBlocks(width).empty(channels);
  }

  /** The sum of squares of what each block of columns adds to each output of some rows. */
  private static double[] losses(float[] x, float[] change, int channels, int width) {
    int rows = change.length / channels;
    int blocks = (channels + width - 1) / width;
    double[] losses = new double[rows * blocks];
    for (int token = 0; token < x.length / channels; token++) {
      for (int row = 0; row < rows; row++) {
        for (int block = 0; block < blocks; block++) {
          double output = 0;
          for (int i = block * width; i < Math.min(channels, (block + 1) * width); i++) {
            output += (double) x[token * channels + i] * change[row * channels + i];
          }
          losses[row * blocks + block] += output * output;
        }
      }
    }
    return losses;
  }

  @ParameterizedTest
  @CsvSource({"48, 16", "48, 48", "40, 16", "8, 16", "7, 1"})
  void lossesAreThoseOfOutputsBlockByBlock(int channels, int width) {
    try (Scope scope = Scope.open();
        DiagonalBlocks blocks = blocks(width, channels)) {
      Tensor x_NC = RandomTensors.correlated(3, 1, 90, channels).view(90, channels);
      Tensor change_RC = RandomTensors.normal(4, 5, channels);
      blocks.observe(x_NC.narrow(0, 0, 50), 1);
      blocks.observe(x_NC.narrow(0, 50, 40), 1);

      float[] found = Tensors.floats(blocks.losses(change_RC));

      double[] expected = losses(Tensors.floats(x_NC), Tensors.floats(change_RC), channels, width);
      int count = (channels + width - 1) / width;
      for (int row = 0; row < 5; row++) {
        for (int block = 0; block < count; block++) {
          double sum = 0;
          for (int i = block * width; i < Math.min(channels, (block + 1) * width); i++) {
            sum += found[row * channels + i];
          }
          double exact = expected[row * count + block];
          assertThat(sum).isCloseTo(exact, within(1e-4 * exact));
        }
      }
      assertThat(blocks.tokens()).isEqualTo(90);
    }
  }

  @Test
  void partsAddUpInAnyOrderOfTwo() {
    try (Scope scope = Scope.open();
        DiagonalBlocks first = blocks(16, 40);
        DiagonalBlocks second = blocks(16, 40);
        DiagonalBlocks oneWay = blocks(16, 40);
        DiagonalBlocks other = blocks(16, 40)) {
      first.observe(RandomTensors.normal(1, 30, 40), 2);
      second.observe(RandomTensors.normal(2, 20, 40), 1);
      first.parts().forEachRemaining(oneWay::absorb);
      second.parts().forEachRemaining(oneWay::absorb);
      second.parts().forEachRemaining(other::absorb);
      first.parts().forEachRemaining(other::absorb);

      Tensor change_RC = RandomTensors.normal(3, 2, 40);
      assertThat(oneWay.tokens()).isEqualTo(50).isEqualTo(other.tokens());
      assertThat(Tensors.floats(oneWay.losses(change_RC)))
          .isEqualTo(Tensors.floats(other.losses(change_RC)));
    }
  }

  @Test
  void absorbingIntoAnEmptyOneGivesTheSame() {
    try (Scope scope = Scope.open();
        DiagonalBlocks seen = blocks(16, 40);
        DiagonalBlocks copy = blocks(16, 40)) {
      seen.observe(Tensors.to(RandomTensors.normal(1, 30, 40), DType.BF16), 2);
      seen.observe(RandomTensors.normal(1, 0, 40), 0);
      seen.parts().forEachRemaining(copy::absorb);

      assertThat(copy.parts().next().values()).isEqualTo(seen.parts().next().values());
      assertThat(copy.parts().next().sequences()).isEqualTo(30);
    }
  }

  @Test
  void refusesPartsOfAnotherSize() {
    try (DiagonalBlocks blocks = blocks(16, 40)) {
      assertThatThrownBy(() -> blocks.absorb(new Part(0, 0, 1, new float[256])))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("256 values are no blocks of [3, 16, 16]");
    }
  }
}
