/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.quantization.WeightFormat.Part;
import dev.sinter.quantization.WeightFormat.Rows;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.RandomTensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CompressionFormatTest {
  private static final List<DType> DTYPES = List.of(DType.F32, DType.BF16, DType.F16);

  /** Every preset in its format, and dense; integers with zero points of each width. */
  static Stream<Arguments> stored() {
    List<Arguments> stored = new ArrayList<>();
    for (String name : Presets.names().split(", ", -1)) {
      QuantizationScheme scheme = Presets.named(name);
      stored.add(Arguments.of(name, CompressionFormat.of(scheme), scheme.weights()));
      if (CompressionFormat.DENSE.holds(scheme.weights())) {
        stored.add(Arguments.of(name, CompressionFormat.DENSE, scheme.weights()));
      }
    }
    List<Strategy> strategies =
        List.of(
            new Strategy.Group(32),
            new Strategy.Channel(),
            new Strategy.Tensor(),
            new Strategy.Block(48, 40));
    for (Strategy strategy : strategies) {
      for (int bits = 2; bits <= 8; bits++) {
        QuantizationArgs args = QuantizationArgs.weights(bits, Type.INT, false, strategy);
        String name = "asymmetric " + bits + " " + strategy;
        stored.add(Arguments.of(name, CompressionFormat.PACK_QUANTIZED, args));
      }
      QuantizationArgs args = QuantizationArgs.weights(8, Type.INT, false, strategy);
      stored.add(Arguments.of("asymmetric 8", CompressionFormat.INT_QUANTIZED, args));
    }
    return stored.stream();
  }

  static Stream<Arguments> storedInCodes() {
    return stored().filter(arguments -> arguments.get()[1] != CompressionFormat.DENSE);
  }

  static Stream<Arguments> storedDense() {
    return stored().filter(arguments -> arguments.get()[1] == CompressionFormat.DENSE);
  }

  private static QuantizedWeight quantized(QuantizationArgs args, Tensor weight_RC, Survey survey) {
    Quantizer quantizer = new Quantizer(args);
    QuantizationParameters parameters = quantizer.observe(weight_RC, survey);
    return new QuantizedWeight(
        quantizer.encode(weight_RC, parameters), parameters, Optional.empty());
  }

  private static QuantizedWeight quantized(QuantizationArgs args, Tensor weight_RC) {
    return quantized(args, weight_RC, new Quantizer(args).survey(weight_RC));
  }

  private static Part part(String suffix, Tensor tensor, Rows rows) {
    return new Part(suffix, Tensors.dtype(tensor), Tensors.shape(tensor), rows);
  }

  @ParameterizedTest
  @MethodSource("stored")
  void partsAreWhatCompressionGives(String name, CompressionFormat format, QuantizationArgs args) {
    for (DType dtype : DTYPES) {
      for (long columns : new long[] {256, 20}) {
        if (columns % args.groupColumns(columns) != 0) {
          continue;
        }
        try (Scope scope = Scope.open()) {
          Tensor weight_RC = Tensors.to(RandomTensors.normal(1, 37, columns), dtype);
          Shape shape = Tensors.shape(weight_RC);

          Map<String, Tensor> given = format.compress(quantized(args, weight_RC), shape, args);
          List<Part> parts = format.parts(shape, dtype, args);

          assertThat(parts)
              .extracting(part -> part(part.suffix(), given.get(part.suffix()), part.rows()))
              .isEqualTo(parts);
          assertThat(parts).hasSize(given.size());
          assertThat(parts.get(0).suffix()).isIn("weight", "weight_packed");
          assertThat(given.values()).allMatch(Tensor::is_contiguous);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("storedInCodes")
  void opensWhatItCompressed(String name, CompressionFormat format, QuantizationArgs args) {
    for (DType dtype : DTYPES) {
      try (Scope scope = Scope.open()) {
        Tensor weight_RC = Tensors.to(RandomTensors.normal(2, 37, 256), dtype);
        QuantizedWeight weight = quantized(args, weight_RC);

        QuantizedWeight opened =
            format.open(format.compress(weight, Tensors.shape(weight_RC), args), 37, 256, args);

        assertThat(all(opened)).isDeepEqualTo(all(weight));
        Quantizer quantizer = new Quantizer(args);
        assertThat(Tensors.floats(quantizer.decode(opened)))
            .containsExactly(Tensors.floats(quantizer.decode(weight)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("storedDense")
  void denseWeightIsWhatTheCodesStandFor(
      String name, CompressionFormat format, QuantizationArgs args) {
    for (DType dtype : DTYPES) {
      try (Scope scope = Scope.open()) {
        Tensor weight_RC = Tensors.to(RandomTensors.normal(2, 37, 256), dtype);
        QuantizedWeight weight = quantized(args, weight_RC);

        Tensor dense_RC = format.compress(weight, Tensors.shape(weight_RC), args).get("weight");

        assertThat(Tensors.floats(Tensors.to(dense_RC, dtype)))
            .containsExactly(Tensors.floats(Tensors.to(new Quantizer(args).decode(weight), dtype)));
      }
    }
  }

  private static float[][] all(QuantizedWeight weight) {
    return Stream.of(
            Optional.of(weight.codes_RC()),
            Optional.of(weight.parameters().scale_RG()),
            weight.parameters().zeroPoint_RG(),
            weight.parameters().globalScale(),
            weight.groupOfColumn_C())
        .map(tensor -> tensor.map(Tensors::floats).orElse(new float[0]))
        .toArray(float[][]::new);
  }

  @ParameterizedTest
  @MethodSource("stored")
  void blocksOfRowsGiveTheWhole(String name, CompressionFormat format, QuantizationArgs args) {
    int block = CompressionFormat.rowBlock(args);
    int rows = 2 * block + 11;
    try (Scope scope = Scope.open()) {
      Tensor weight_RC = Tensors.to(RandomTensors.normal(3, rows, 160), DType.BF16);
      if (160 % args.groupColumns(160) != 0) {
        weight_RC = Tensors.to(RandomTensors.normal(3, rows, 256), DType.BF16);
      }
      Shape shape = Tensors.shape(weight_RC);
      Survey survey = new Quantizer(args).survey(weight_RC);
      Map<String, Tensor> whole = format.compress(quantized(args, weight_RC), shape, args);

      for (Part part : format.parts(shape, DType.BF16, args)) {
        List<Tensor> found = new ArrayList<>();
        for (int row = 0; row < rows; row += block) {
          Tensor block_RC = weight_RC.narrow(0, row, Math.min(block, rows - row));
          Tensor given =
              format.compress(quantized(args, block_RC, survey), shape, args).get(part.suffix());
          if (part.rows().isWhole()) {
            assertSame(given, whole.get(part.suffix()), part.suffix());
          } else {
            long first = part.rows().at(row);
            long end = part.rows().at(Math.min(rows, row + block));
            assertThat(given.size(0)).as(part.suffix()).isEqualTo(end - first);
            found.add(given);
          }
        }
        if (!part.rows().isWhole()) {
          assertSame(Joined.rows(found), whole.get(part.suffix()), part.suffix());
        }
      }
    }
  }

  private static void assertSame(Tensor found, Tensor expected, String suffix) {
    assertThat(Tensors.dtype(found)).isEqualTo(Tensors.dtype(expected));
    assertThat(Tensors.shape(found)).as(suffix).isEqualTo(Tensors.shape(expected));
    assertThat(Tensors.floats(found)).as(suffix).isEqualTo(Tensors.floats(expected));
  }

  /** Every format that can hold groups of columns out of order, as GPTQ cuts them. */
  @ParameterizedTest
  @CsvSource({
    "PACK_QUANTIZED, 4, INT",
    "PACK_QUANTIZED, 3, INT",
    "INT_QUANTIZED, 8, INT",
    "FLOAT_QUANTIZED, 8, FLOAT",
    "NAIVE_QUANTIZED, 8, FLOAT"
  })
  void groupsOfColumnsOutOfOrderAreKept(CompressionFormat format, int bits, Type type) {
    QuantizationArgs args =
        QuantizationArgs.weights(bits, type, true, new Strategy.Group(8))
            .withActorder(ActivationOrder.GROUP);
    try (Scope scope = Scope.open()) {
      Tensor weight_RC = RandomTensors.normal(4, 37, 32);
      QuantizedWeight plain = quantized(args, weight_RC);
      Tensor groups_C = torch.arange(new Scalar(32)).remainder(new Scalar(4));
      QuantizedWeight weight =
          new QuantizedWeight(plain.codes_RC(), plain.parameters(), Optional.of(groups_C));
      Shape shape = Tensors.shape(weight_RC);

      Map<String, Tensor> given = format.compress(weight, shape, args);

      assertThat(format.parts(shape, DType.F32, args))
          .contains(new Part("weight_g_idx", DType.I32, Shape.of(32), Rows.WHOLE));
      assertThat(Tensors.floats(new Quantizer(args).decode(format.open(given, 37, 32, args))))
          .containsExactly(Tensors.floats(new Quantizer(args).decode(weight)));
    }
  }

  @Test
  void packedShapesAreThoseOfTheReference() {
    assertThat(
            CompressionFormat.PACK_QUANTIZED.parts(
                Shape.of(250, 256), DType.BF16, Presets.named("W4A16_ASYM").weights()))
        .containsExactlyInAnyOrder(
            new Part("weight_packed", DType.I32, Shape.of(250, 32), new Rows(1, 1)),
            new Part("weight_scale", DType.BF16, Shape.of(250, 2), new Rows(1, 1)),
            new Part("weight_zero_point", DType.I32, Shape.of(32, 2), new Rows(4, 32)),
            new Part("weight_shape", DType.I64, Shape.of(2), Rows.WHOLE));
  }

  @Test
  void shapesOfFloatsAreThoseOfTheReference() {
    assertThat(parts("NVFP4"))
        .containsExactlyInAnyOrder(
            new Part("weight_packed", DType.U8, Shape.of(256, 128), new Rows(1, 1)),
            new Part("weight_scale", DType.F8_E4M3, Shape.of(256, 16), new Rows(1, 1)),
            new Part("weight_global_scale", DType.F32, Shape.of(1), Rows.WHOLE));
    assertThat(parts("MXFP4"))
        .containsExactlyInAnyOrder(
            new Part("weight_packed", DType.U8, Shape.of(256, 128), new Rows(1, 1)),
            new Part("weight_scale", DType.U8, Shape.of(256, 8), new Rows(1, 1)));
    assertThat(parts("MXFP8"))
        .containsExactlyInAnyOrder(
            new Part("weight", DType.F8_E4M3, Shape.of(256, 256), new Rows(1, 1)),
            new Part("weight_scale", DType.U8, Shape.of(256, 8), new Rows(1, 1)));
    assertThat(parts("FP8"))
        .containsExactlyInAnyOrder(
            new Part("weight", DType.F8_E4M3, Shape.of(256, 256), new Rows(1, 1)),
            new Part("weight_scale", DType.BF16, Shape.of(1), Rows.WHOLE));
    assertThat(parts("FP8_BLOCK"))
        .containsExactlyInAnyOrder(
            new Part("weight", DType.F8_E4M3, Shape.of(256, 256), new Rows(1, 1)),
            new Part("weight_scale", DType.BF16, Shape.of(2, 2), new Rows(1, 128)));
  }

  private static List<Part> parts(String preset) {
    QuantizationScheme scheme = Presets.named(preset);
    return CompressionFormat.of(scheme).parts(Shape.of(256, 256), DType.BF16, scheme.weights());
  }

  @ParameterizedTest
  @CsvSource({"1, 32", "2, 32", "3, 96", "32, 32", "48, 96", "128, 128", "100, 800"})
  void blocksOfRowsFillWordsAndBlocksOfTheScheme(int blockRows, int rowBlock) {
    QuantizationArgs args =
        QuantizationArgs.weights(8, Type.FLOAT, true, new Strategy.Block(blockRows, 16));

    assertThat(CompressionFormat.rowBlock(args)).isEqualTo(rowBlock);
  }

  @ParameterizedTest
  @CsvSource({
    "W4A16, PACK_QUANTIZED INT_QUANTIZED DENSE",
    "W8A8, PACK_QUANTIZED INT_QUANTIZED DENSE",
    "FP8_BLOCK, FLOAT_QUANTIZED NAIVE_QUANTIZED DENSE",
    "NVFP4, NVFP4_PACK_QUANTIZED",
    "MXFP4, MXFP4_PACK_QUANTIZED",
    "MXFP8, MXFP8_QUANTIZED"
  })
  void formatHoldsTheCodesThatFitIt(String preset, String formats) {
    assertThat(CompressionFormat.values())
        .filteredOn(format -> format.holds(Presets.named(preset).weights()))
        .extracting(Enum::name)
        .containsExactly(formats.split(" "));
  }

  @Test
  void formatIsFoundByItsName() {
    assertThat(CompressionFormat.named("nvfp4-pack-quantized"))
        .contains(CompressionFormat.NVFP4_PACK_QUANTIZED);
    assertThat(CompressionFormat.named("marlin-24")).isEmpty();
    assertThat(CompressionFormat.named("PACK_QUANTIZED")).isEmpty();
  }
}
