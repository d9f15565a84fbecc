/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.quantization.WeightFormat.Part;
import dev.sinter.quantization.WeightFormat.Rows;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class ForeignFormatTest {

  private static QuantizationArgs fp8(Strategy strategy) {
    return QuantizationArgs.weights(8, Type.FLOAT, true, strategy);
  }

  private static Tensor fp8(float[] values, long... shape) {
    return Tensors.to(Tensors.of(values, shape), DType.F8_E4M3);
  }

  private static Tensor bytes(float[] values, long... shape) {
    return Tensors.to(Tensors.of(values, shape), DType.U8);
  }

  private static float[] decoded(
      ForeignFormat format,
      QuantizationArgs args,
      long rows,
      long columns,
      Map<String, Tensor> tensors) {
    Tensor decoded_RC = new Quantizer(args).decode(format.open(tensors, rows, columns, args));
    assertThat(decoded_RC.shape()).containsExactly(rows, columns);
    assertThat(Tensors.dtype(decoded_RC)).isEqualTo(DType.F32);
    return Tensors.floats(decoded_RC);
  }

  @Test
  void float8IsMultipliedByTheScaleOfItsTensorEvenIfThatHasNoDimensions() {
    try (Scope scope = Scope.open()) {
      Tensor codes = fp8(new float[] {1, -2, 448, .5f}, 2, 2);
      for (Tensor scale :
          new Tensor[] {Tensors.of(new float[] {.25f}), Tensors.of(new float[] {.25f}, 1)}) {
        assertThat(
                decoded(
                    ForeignFormat.FP8,
                    fp8(new Strategy.Tensor()),
                    2,
                    2,
                    Map.of("weight", codes, "weight_scale", scale)))
            .containsExactly(.25f, -.5f, 112, .125f);
      }
    }
  }

  @Test
  void float8IsMultipliedByTheScaleOfItsRow() {
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> tensors =
          Map.of(
              "weight", fp8(new float[] {1, -2, 3, 4}, 2, 2),
              "weight_scale", Tensors.to(Tensors.of(new float[] {2, .5f}, 2, 1), DType.BF16));

      assertThat(decoded(ForeignFormat.FP8, fp8(new Strategy.Channel()), 2, 2, tensors))
          .containsExactly(2, -4, 1.5f, 2);
    }
  }

  @Test
  void inverseScaleOfABlockIsMultipliedByAllTheSame() {
    try (Scope scope = Scope.open()) {
      QuantizationArgs args = fp8(new Strategy.Block(2, 2));
      Map<String, Tensor> tensors =
          Map.of(
              "weight", fp8(new float[] {1, 1, 1, 1, 1, 1, 2, 2, 2}, 3, 3),
              "weight_scale_inv", Tensors.of(new float[] {1, 10, 100, 1000}, 2, 2));

      assertThat(decoded(ForeignFormat.FP8_BLOCK_INVERSE, args, 3, 3, tensors))
          .containsExactly(1, 1, 10, 1, 1, 10, 200, 200, 2000);
      assertThat(ForeignFormat.FP8_BLOCK_INVERSE.parts(Shape.of(3, 3), DType.BF16, args))
          .containsExactly(
              new Part("weight", DType.F8_E4M3, Shape.of(3, 3), new Rows(1, 1)),
              new Part("weight_scale_inv", DType.F32, Shape.of(2, 2), new Rows(1, 2)));
    }
  }

  @Test
  void scalesOfGroupsAreRelativeToTheFactorOfModelOpt() {
    try (Scope scope = Scope.open()) {
      QuantizationArgs args = Presets.named("NVFP4A16").weights();
      float[] packed = new float[16];
      packed[0] = 0x21; // 0.5, 1
      packed[7] = 0xf9; // -0.5, -6
      packed[8] = 0x70; // 0, 6
      Map<String, Tensor> tensors =
          Map.of(
              "weight", bytes(packed, 1, 16),
              "weight_scale", fp8(new float[] {2, 16}, 1, 2),
              "weight_scale_2", Tensors.of(new float[] {.125f}));

      float[] decoded = decoded(ForeignFormat.MODELOPT_NVFP4, args, 1, 32, tensors);

      float[] expected = new float[32];
      expected[0] = .125f;
      expected[1] = .25f;
      expected[14] = -.125f;
      expected[15] = -1.5f;
      expected[17] = 12;
      assertThat(decoded).containsExactly(expected);
      assertThat(ForeignFormat.MODELOPT_NVFP4.parts(Shape.of(4, 32), DType.BF16, args))
          .containsExactly(
              new Part("weight", DType.U8, Shape.of(4, 16), new Rows(1, 1)),
              new Part("weight_scale", DType.F8_E4M3, Shape.of(4, 2), new Rows(1, 1)),
              new Part("weight_scale_2", DType.F32, Shape.of(), Rows.WHOLE));
    }
  }

  @Test
  void exponentsOfModelOptsMicroscalesArePowersOfTwo() {
    try (Scope scope = Scope.open()) {
      float[] codes = new float[64];
      codes[0] = 3;
      codes[31] = -448;
      codes[32] = 5;
      Map<String, Tensor> tensors =
          Map.of("weight", fp8(codes, 1, 64), "weight_scale", bytes(new float[] {126, 130}, 1, 2));

      float[] decoded =
          decoded(
              ForeignFormat.MODELOPT_MXFP8, Presets.named("MXFP8A16").weights(), 1, 64, tensors);

      float[] expected = new float[64];
      expected[0] = 1.5f;
      expected[31] = -224;
      expected[32] = 40;
      assertThat(decoded).containsExactly(expected);
    }
  }

  @Test
  void blocksOfGptOssAreHalfBytesWithPowersOfTwo() {
    try (Scope scope = Scope.open()) {
      QuantizationArgs args = Presets.named("MXFP4A16").weights();
      float[] blocks = new float[32];
      blocks[0] = 0x57; // 6, 3
      blocks[31] = 0xb0; // 0, -1.5
      Map<String, Tensor> tensors =
          Map.of("blocks", bytes(blocks, 2, 16), "scales", bytes(new float[] {128, 0}, 2, 1));

      float[] decoded = decoded(ForeignFormat.MXFP4_BLOCKS, args, 2, 32, tensors);

      float[] expected = new float[64];
      expected[0] = 12;
      expected[1] = 6;
      expected[63] = -1.5f * 0x1p-127f;
      assertThat(decoded).containsExactly(expected);
      assertThat(ForeignFormat.MXFP4_BLOCKS.parts(Shape.of(2, 32), DType.BF16, args))
          .containsExactly(
              new Part("blocks", DType.U8, Shape.of(2, 16), new Rows(1, 1)),
              new Part("scales", DType.U8, Shape.of(2, 1), new Rows(1, 1)));
    }
  }
}
