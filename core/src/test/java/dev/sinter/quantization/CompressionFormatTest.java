/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.quantization.QuantizationArgs.Strategy;
import dev.sinter.quantization.QuantizationArgs.Type;
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
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CompressionFormatTest {
  /** Every preset, and integers of each width with zero points. */
  static Stream<QuantizationScheme> schemes() {
    Stream<QuantizationScheme> presets =
        Stream.of(
                "W8A8",
                "INT8",
                "W2A16",
                "W3A16",
                "W4A16",
                "W5A16",
                "W6A16",
                "W7A16",
                "W8A16",
                "W4A16_ASYM",
                "FP8_DYNAMIC")
            .map(Presets::named);
    Stream<QuantizationScheme> asymmetric =
        Stream.of(2, 3, 4, 5, 6, 7, 8)
            .map(
                bits ->
                    new QuantizationScheme(
                        "asymmetric " + bits,
                        QuantizationArgs.weights(bits, Type.INT, false, Strategy.GROUP, 32),
                        new QuantizationScheme.Inputs.Full()));
    return Stream.concat(presets, asymmetric);
  }

  private static QuantizedWeight quantized(QuantizationArgs args, Tensor weight_RC) {
    Quantizer quantizer = new Quantizer(args);
    QuantizationParameters parameters = quantizer.observe(weight_RC);
    Optional<Tensor> groups =
        args.actorder() == ActivationOrder.GROUP
            ? Optional.of(torch.arange(new org.bytedeco.pytorch.Scalar(weight_RC.size(1))))
            : Optional.empty();
    return new QuantizedWeight(quantizer.encode(weight_RC, parameters), parameters, groups);
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void specsAreWhatCompressionGives(QuantizationScheme scheme) {
    CompressionFormat format = CompressionFormat.of(scheme);
    for (DType dtype : List.of(DType.F32, DType.BF16, DType.F16)) {
      for (ActivationOrder order : ActivationOrder.values()) {
        if (order == ActivationOrder.GROUP && scheme.weights().strategy() != Strategy.GROUP) {
          continue;
        }
        for (long columns : new long[] {256, 20}) {
          QuantizationArgs args = scheme.weights().withActorder(order);
          try (Scope scope = Scope.open()) {
            Tensor weight_RC = Tensors.to(RandomTensors.normal(1, 37, columns), dtype);

            List<TensorSpec> given = new ArrayList<>();
            format
                .compress(quantized(args, weight_RC), args)
                .forEach((suffix, tensor) -> given.add(spec("a.b." + suffix, tensor)));

            assertThat(format.specs(spec("a.b.weight", weight_RC), args))
                .containsExactlyInAnyOrderElementsOf(given);
          }
        }
      }
    }
  }

  private static TensorSpec spec(String name, Tensor tensor) {
    return new TensorSpec(name, Tensors.dtype(tensor), Tensors.shape(tensor));
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void opensWhatItCompressed(QuantizationScheme scheme) {
    CompressionFormat format = CompressionFormat.of(scheme);
    ActivationOrder order =
        scheme.weights().strategy() == Strategy.GROUP
            ? ActivationOrder.GROUP
            : ActivationOrder.UNSET;
    QuantizationArgs args = scheme.weights().withActorder(order);
    try (Scope scope = Scope.open()) {
      QuantizedWeight weight = quantized(args, RandomTensors.normal(2, 37, 256));

      QuantizedWeight opened = format.open(format.compress(weight, args), args);

      assertThat(all(opened)).isDeepEqualTo(all(weight));
    }
  }

  private static float[][] all(QuantizedWeight weight) {
    return Stream.of(
            Optional.of(weight.codes_RC()),
            Optional.of(weight.parameters().scale_RG()),
            weight.parameters().zeroPoint_RG(),
            weight.groupOfColumn_C())
        .map(tensor -> tensor.map(Tensors::floats).orElse(new float[0]))
        .toArray(float[][]::new);
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void blocksOfRowsGiveTheWhole(QuantizationScheme scheme) {
    QuantizationArgs args = scheme.weights();
    CompressionFormat format = CompressionFormat.of(scheme);
    int rows = 2 * CompressionFormat.ROW_BLOCK + 11;
    try (Scope scope = Scope.open()) {
      Tensor weight_RC = RandomTensors.normal(3, rows, 256);
      Map<String, Tensor> whole = format.compress(quantized(args, weight_RC), args);

      for (String suffix : whole.keySet()) {
        if (!CompressionFormat.isDescriptive(suffix)) {
          TensorVector blocks = new TensorVector();
          for (int row = 0; row < rows; row += CompressionFormat.ROW_BLOCK) {
            long length = Math.min(CompressionFormat.ROW_BLOCK, rows - row);
            Tensor block_RC = weight_RC.narrow(0, row, length);
            blocks.push_back(format.compress(quantized(args, block_RC), args).get(suffix));
          }
          Tensor joined = torch.cat(blocks, 0);
          assertThat(Tensors.shape(joined)).isEqualTo(Tensors.shape(whole.get(suffix)));
          assertThat(Tensors.floats(joined))
              .as(suffix)
              .isEqualTo(Tensors.floats(whole.get(suffix)));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "W4A16, pack-quantized",
    "W8A16, pack-quantized",
    "W8A8, int-quantized",
    "FP8_DYNAMIC, float-quantized"
  })
  void formatIsTheOneThatTheReferenceInfers(String preset, String name) {
    assertThat(CompressionFormat.of(Presets.named(preset)).jsonName()).isEqualTo(name);
  }

  @Test
  void refusesASchemeThatNoFormatHolds() {
    QuantizationScheme weightOnlyFloat =
        new QuantizationScheme(
            "FP8_ONLY",
            QuantizationArgs.weights(8, Type.FLOAT, true, Strategy.CHANNEL, 0),
            new QuantizationScheme.Inputs.Full());

    assertThatThrownBy(() -> CompressionFormat.of(weightOnlyFloat))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("No format holds the scheme FP8_ONLY");
  }

  @Test
  void packedShapesAreThoseOfTheReference() {
    TensorSpec weight = new TensorSpec("m.weight", DType.BF16, Shape.of(256, 256));

    assertThat(
            CompressionFormat.PACK_QUANTIZED.specs(weight, Presets.named("W4A16_ASYM").weights()))
        .containsExactlyInAnyOrder(
            new TensorSpec("m.weight_packed", DType.I32, Shape.of(256, 32)),
            new TensorSpec("m.weight_scale", DType.BF16, Shape.of(256, 2)),
            new TensorSpec("m.weight_zero_point", DType.I32, Shape.of(32, 2)),
            new TensorSpec("m.weight_shape", DType.I64, Shape.of(2)));
  }
}
