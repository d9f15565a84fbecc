/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Sequences;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ActivationBlockTest {
  @TempDir private Path temp;

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16", "F16", "F64", "I64"})
  void tensorsComeBackAsTheyWere(DType dtype) {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensors.to(RandomTensors.normal(1, 2, 3, 5).mul_(scalar(9)), dtype);
      Tensor empty = Tensors.empty(dtype, Shape.of(2, 0));

      List<Tensor> back = passed(Sequences.of(2), x, empty).tensors();

      assertThat(back).hasSize(2);
      assertThat(Tensors.dtype(back.get(0))).isEqualTo(dtype);
      assertThat(back.get(0).equal(x)).isTrue();
      assertThat(Tensors.shape(back.get(1))).isEqualTo(Shape.of(2, 0));
    }
  }

  private static org.bytedeco.pytorch.Scalar scalar(double value) {
    return new org.bytedeco.pytorch.Scalar(value);
  }

  @Test
  void tensorThatIsAViewIsWrittenInItsOwnOrder() {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensors.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);

      List<Tensor> back = passed(Sequences.of(3), x.t()).tensors();

      assertThat(Tensors.floats(back.get(0))).containsExactly(1, 4, 2, 5, 3, 6);
      assertThat(Tensors.shape(back.get(0))).isEqualTo(Shape.of(3, 2));
    }
  }

  @Test
  void noTensorsComeBackAsNone() {
    assertThat(passed(Sequences.of(1)).tensors()).isEmpty();
  }

  @Test
  void sequencesComeBackInTheirOrder() {
    assertThat(passed(Sequences.of(7, 1, 300)).sequences()).isEqualTo(Sequences.of(7, 1, 300));
  }

  private static ActivationBlock passed(Sequences sequences, Tensor... tensors) {
    return ActivationBlock.decode(new ActivationBlock(sequences, List.of(tensors)).encode());
  }

  @Test
  void fileHoldsItsBlocksInOrder() throws IOException {
    RunContext run =
        new RunContext("run", "", temp.toString(), "", Map.of(), Map.of(), DType.F32, 1, 1);
    List<byte[]> blocks = List.of(new byte[] {1, 2, 3}, new byte[0], new byte[] {4});

    String first = ActivationFile.write(run, blocks.iterator());
    String second = ActivationFile.write(run, List.<byte[]>of().iterator());

    assertThat(first).isNotEqualTo(second);
    assertThat(ActivationFile.read(run, first)).toIterable().containsExactlyElementsOf(blocks);
    assertThat(ActivationFile.read(run, second)).isExhausted();
  }
}
