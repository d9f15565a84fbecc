/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.quantization.Quantizer.Coupling;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Scales, codes and what they stand for are the reference's, to the bit. */
class QuantizerGoldenTest {

  static Stream<GoldenCase> cases() {
    return Stream.concat(GoldenCase.in("rounding.json"), GoldenCase.in("searching.json"));
  }

  static Stream<GoldenCase> casesByBlocks() {
    return cases().filter(golden -> new Quantizer(golden.args()).coupling() != Coupling.WHOLE);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void observesAsTheReferenceDoes(GoldenCase golden) {
    try (Scope scope = Scope.open()) {
      Tensor weight_RC = golden.weight_RC();

      QuantizationParameters found = new Quantizer(golden.args()).observe(weight_RC);

      assertEqual(found, golden);
    }
  }

  @ParameterizedTest
  @MethodSource("casesByBlocks")
  void observesByBlocksAsTheReferenceDoesTheWhole(GoldenCase golden) {
    Quantizer quantizer = new Quantizer(golden.args());
    int step = golden.args().strategy() instanceof Strategy.Block block ? block.rows() : 1;
    try (Scope scope = Scope.open()) {
      Tensor weight_RC = golden.weight_RC();
      long rows = weight_RC.size(0);
      for (int cut = step; cut < rows; cut += step) {
        Tensor upper_RC = weight_RC.narrow(0, 0, cut);
        Tensor lower_RC = weight_RC.narrow(0, cut, rows - cut);
        Survey survey =
            quantizer.coupling() == Coupling.NONE
                ? Survey.EMPTY
                : quantizer.survey(lower_RC).merge(quantizer.survey(upper_RC));

        QuantizationParameters upper = quantizer.observe(upper_RC, survey);
        QuantizationParameters lower = quantizer.observe(lower_RC, survey);

        if (golden.args().strategy() instanceof Strategy.Tensor) {
          assertEqual(upper, golden);
          assertEqual(lower, golden);
        } else {
          assertEqual(joined(upper, lower), golden);
        }
      }
    }
  }

  private static QuantizationParameters joined(
      QuantizationParameters upper, QuantizationParameters lower) {
    assertThat(upper.globalScale().map(Tensors::floats))
        .usingRecursiveComparison()
        .isEqualTo(lower.globalScale().map(Tensors::floats));
    return new QuantizationParameters(
        Joined.rows(upper.scale_RG(), lower.scale_RG()),
        upper.zeroPoint_RG().map(zero -> Joined.rows(zero, lower.zeroPoint_RG().orElseThrow())),
        upper.globalScale());
  }

  private static void assertEqual(QuantizationParameters found, GoldenCase golden) {
    assertThat(found.scale_RG().shape()).containsExactly(golden.scaleShape());
    assertThat(Tensors.floats(found.scale_RG())).containsExactly(golden.floats("scale"));
    assertThat(found.zeroPoint_RG().isPresent()).isEqualTo(golden.has("zero_point"));
    found
        .zeroPoint_RG()
        .ifPresent(
            zero -> {
              byte[] expected = golden.bytes("zero_point");
              float[] zeros = Tensors.floats(zero);
              assertThat(zeros).hasSameSizeAs(expected);
              for (int i = 0; i < zeros.length; i++) {
                assertThat(zeros[i]).isEqualTo(expected[i]);
              }
            });
    assertThat(found.globalScale().isPresent()).isEqualTo(golden.has("global_scale"));
    found
        .globalScale()
        .ifPresent(
            global ->
                assertThat(Tensors.floats(global)).containsExactly(golden.floats("global_scale")));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void codesAndTheirValuesAreTheReferences(GoldenCase golden) {
    try (Scope scope = Scope.open()) {
      Quantizer quantizer = new Quantizer(golden.args());
      Tensor weight_RC = golden.weight_RC();
      QuantizationParameters parameters = quantizer.observe(weight_RC);

      Tensor codes_RC = quantizer.encode(weight_RC, parameters);
      Tensor decoded_RC =
          quantizer.decode(new QuantizedWeight(codes_RC, parameters, Optional.empty()));

      assertThat(Tensors.dtype(codes_RC)).isEqualTo(new Codes(golden.args()).storage());
      assertThat(codes_RC.shape()).containsExactly(weight_RC.shape());
      Tensor stored = golden.args().isFp4() ? Fp4.pack(codes_RC) : codes_RC;
      byte[] bytes = new byte[(int) stored.nbytes()];
      Tensors.buffer(stored).get(bytes);
      assertThat(bytes).containsExactly(golden.bytes("codes"));
      assertThat(Tensors.floats(Tensors.to(decoded_RC, golden.dtype())))
          .containsExactly(golden.floats("decoded"));
    }
  }
}
