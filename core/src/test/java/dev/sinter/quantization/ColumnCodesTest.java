/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Column by column, a weight comes to the same codes and values as whole. */
class ColumnCodesTest {
  private static final int ROWS = 130;
  private static final int COLUMNS = 160;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "W4A16",
        "W4A16_ASYM",
        "W8A8",
        "FP8",
        "FP8_DYNAMIC",
        "FP8_BLOCK",
        "NVFP4A16",
        "MXFP4A16",
        "MXFP8A16"
      })
  void columnsMeetTheParametersOfTheirGroup(String preset) {
    QuantizationArgs args = Presets.named(preset).weights();
    int columns = args.groupSize().orElse(0L) == 128 ? 256 : COLUMNS;
    try (Scope scope = Scope.open()) {
      Quantizer quantizer = new Quantizer(args);
      Tensor weight_RC = RandomTensors.normal(1, ROWS, columns);
      QuantizationParameters parameters = quantizer.observe(weight_RC, quantizer.survey(weight_RC));

      ColumnCodes codes = quantizer.columns(parameters, ROWS, columns);

      Tensor found_RC = Tensors.empty(DType.F32, Tensors.shape(weight_RC));
      for (long column = 0; column < columns; column++) {
        ColumnCodes.Group group = codes.group(column / codes.columnsOfGroup());
        Tensor code_R = group.code(weight_RC.select(1, column));
        found_RC.select(1, column).copy_(group.value(code_R));
      }
      QuantizedWeight whole =
          new QuantizedWeight(
              quantizer.encode(weight_RC, parameters), parameters, Optional.empty());
      assertThat(found_RC.equal(quantizer.decode(whole))).isTrue();
    }
  }

  /** So that a method which makes up for errors makes up for those that there will be. */
  @ParameterizedTest
  @EnumSource(names = {"BF16", "F16", "F32"})
  void valuesAreThoseThatClientsDecode(DType dtype) {
    QuantizationArgs args = QuantizationArgs.weights(8, Type.INT, false, new Strategy.Channel());
    try (Scope scope = Scope.open()) {
      Quantizer quantizer = new Quantizer(args);
      Tensor weight_RC = Tensors.to(RandomTensors.normal(2, ROWS, 3), dtype);
      QuantizationParameters parameters = quantizer.observe(weight_RC);
      Tensor codes_RC = Tensors.to(quantizer.encode(weight_RC, parameters), DType.F32);

      ColumnCodes.Group group = quantizer.columns(parameters, ROWS, 3).group(0);

      Tensor decoded_RC =
          quantizer.decode(
              new QuantizedWeight(quantizer.store(codes_RC), parameters, Optional.empty()));
      assertThat(Tensors.floats(group.value(codes_RC.select(1, 1))))
          .isEqualTo(Tensors.floats(decoded_RC.select(1, 1)));
    }
  }

  @Test
  void blocksAtTheEdgesAreShort() {
    QuantizationArgs args = QuantizationArgs.weights(8, Type.FLOAT, true, new Strategy.Block(2, 3));
    try (Scope scope = Scope.open()) {
      Tensor weight_RC = Tensors.of(new float[] {1, 2, 4, 8, 1, 2, 4, 8, 16, 0, 0, 32}, 3, 4);
      QuantizationParameters parameters = new Quantizer(args).observe(weight_RC);

      ColumnCodes codes = new Quantizer(args).columns(parameters, 3, 4);

      assertThat(codes.columnsOfGroup()).isEqualTo(3);
      assertThat(Tensors.floats(codes.group(0).scale_R()))
          .containsExactly(4 / 448f, 4 / 448f, 16 / 448f);
      assertThat(Tensors.floats(codes.group(1).scale_R()))
          .containsExactly(8 / 448f, 8 / 448f, 32 / 448f);
    }
  }
}
