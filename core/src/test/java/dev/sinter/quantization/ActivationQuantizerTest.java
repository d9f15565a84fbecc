/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.TestData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Activations become what compressed-tensors makes of them, to the bit. */
class ActivationQuantizerTest {
  private static final Json.Obj FILE =
      TestData.json(TestData.golden().resolve("quantization").resolve("activations.json"));

  /** One of the file's cases. */
  record Case(Json.Obj values) {
    QuantizationArgs args() {
      return QuantizationArgsReader.storedActivations(
              (Json.Obj) values.members().get("args"),
              (setting, problem) -> {
                throw new IllegalStateException(problem);
              })
          .orElseThrow();
    }

    DType dtype() {
      return DType.valueOf(((Json.Str) values.members().get("dtype")).value());
    }

    Optional<Tensor> tensor(String name, DType dtype) {
      return values
          .member(name)
          .map(value -> ActivationQuantizerTest.floats(((Json.Str) value).value()))
          .map(floats -> Tensors.to(Tensors.of(floats, floats.length), dtype));
    }

    @Override
    public String toString() {
      return dtype() + " " + JsonWriter.compact(values.members().get("args"));
    }
  }

  static Stream<Case> cases() {
    return ((Json.Arr) FILE.members().get("cases"))
        .items().stream().map(values -> new Case((Json.Obj) values));
  }

  private static float[] floats(String base64) {
    byte[] bytes = Base64.getDecoder().decode(base64);
    float[] floats = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
    return floats;
  }

  private static long size(String name) {
    return ((Json.Num) FILE.members().get(name)).asLong();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void roundsAsTheReferenceDoes(Case golden) {
    try (Scope scope = Scope.open()) {
      QuantizationArgs args = golden.args();
      float[] values = floats(((Json.Str) FILE.members().get("x")).value());
      long channels = size("heads") * size("size");
      Tensor x_NC = Tensors.to(Tensors.of(values, size("tokens"), channels), golden.dtype());
      Optional<Tensor> zero = args.symmetric() ? Optional.empty() : golden.tensor("zero", DType.I8);
      ActivationQuantizer quantizer =
          new ActivationQuantizer(
              args,
              golden.tensor("scale", golden.dtype()),
              zero,
              golden.tensor("global", DType.F32));

      Tensor rounded_NC =
          args.strategy() instanceof Strategy.Head
              ? quantizer.applyToHeads(x_NC.view(size("tokens"), size("heads"), size("size")))
              : quantizer.apply(x_NC);

      assertThat(Tensors.dtype(rounded_NC)).isEqualTo(golden.dtype());
      assertThat(Tensors.floats(rounded_NC))
          .isEqualTo(floats(((Json.Str) golden.values().members().get("out")).value()));
    }
  }

  @Test
  void noTokensStayNoTokens() {
    try (Scope scope = Scope.open()) {
      QuantizationArgs args = QuantizationArgs.dynamic(8, Type.INT, new Strategy.Token());
      ActivationQuantizer quantizer =
          new ActivationQuantizer(args, Optional.empty(), Optional.empty(), Optional.empty());

      assertThat(quantizer.apply(Tensors.of(new float[0], 0, 16)).shape()).containsExactly(0, 16);
      assertThat(quantizer.applyToHeads(Tensors.of(new float[0], 0, 4, 4)).shape())
          .containsExactly(0, 4, 4);
    }
  }

  @Test
  void staticCodesNeedTheirScale() {
    QuantizationArgs args =
        QuantizationArgs.weights(8, Type.FLOAT, /* symmetric= */ true, new Strategy.Tensor());

    assertThatThrownBy(
            () ->
                new ActivationQuantizer(args, Optional.empty(), Optional.empty(), Optional.empty()))
        .hasMessage("Codes that are not dynamic need a scale that was found before");
  }
}
