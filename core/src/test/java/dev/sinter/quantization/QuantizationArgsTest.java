/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.quantization.QuantizationArgs.Dynamic;
import dev.sinter.quantization.QuantizationArgs.ScaleType;
import dev.sinter.quantization.QuantizationArgs.Type;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class QuantizationArgsTest {
  private static final Strategy CHANNEL = new Strategy.Channel();

  private static QuantizationArgs args(int bits, Type type, Strategy strategy) {
    return QuantizationArgs.weights(bits, type, true, strategy);
  }

  static Stream<Arguments> meaningless() {
    return Stream.of(
        refused(
            () -> args(9, Type.INT, CHANNEL), "Integers of 9 bits are not supported: 2 to 8 are"),
        refused(
            () -> args(1, Type.INT, CHANNEL), "Integers of 1 bits are not supported: 2 to 8 are"),
        refused(
            () -> args(6, Type.FLOAT, CHANNEL),
            "Floats of 6 bits are not supported: 4 (e2m1) and 8 (e4m3) are"),
        refused(
            () -> QuantizationArgs.weights(8, Type.FLOAT, false, CHANNEL),
            "Floats have no zero point: they must be symmetric"),
        refused(
            () -> args(8, Type.INT, new Strategy.Token()),
            "Scales by token are found at run time: dynamic must be true"),
        refused(
            () -> args(8, Type.INT, CHANNEL).withDynamic(Dynamic.LOCAL, Observer.NONE),
            "dynamic: local goes with strategy tensor_group, not channel"),
        refused(
            () -> args(8, Type.INT, CHANNEL).withActorder(ActivationOrder.GROUP),
            "actorder group needs a strategy with groups; channel has none"),
        refused(
            () -> args(8, Type.FLOAT, new Strategy.Group(16)).withScaleType(ScaleType.E8M0),
            "Scales of type torch.uint8 go with floats in groups of 32 (the microscaling formats)"),
        refused(
            () -> args(8, Type.INT, new Strategy.Group(32)).withScaleType(ScaleType.E8M0),
            "Scales of type torch.uint8 go with floats in groups of 32 (the microscaling formats)"),
        refused(() -> new Strategy.Group(0), "group_size must be positive, not 0"),
        refused(() -> new Strategy.TensorGroup(-1), "group_size must be positive, not -1"),
        refused(() -> new Strategy.Block(0, 1), "block_structure must be positive, not 0"),
        refused(() -> new Strategy.Block(1, -2), "block_structure must be positive, not -2"));
  }

  private static Arguments refused(ThrowingCallable made, String message) {
    return Arguments.of(made, message);
  }

  @ParameterizedTest
  @MethodSource("meaningless")
  void settingsThatMeanNothingAreRefused(ThrowingCallable made, String message) {
    assertThatThrownBy(made).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource({
    "2, INT, -2, 1",
    "3, INT, -4, 3",
    "4, INT, -8, 7",
    "8, INT, -128, 127",
    "4, FLOAT, -6, 6",
    "8, FLOAT, -448, 448"
  })
  void codesReachFromLowToHigh(int bits, Type type, double low, double high) {
    assertThat(args(bits, type, CHANNEL).low()).isEqualTo(low);
    assertThat(args(bits, type, CHANNEL).high()).isEqualTo(high);
  }

  @Test
  void groupIsAsWideAsTheMatrixWhereThatIsNarrower() {
    QuantizationArgs grouped = args(4, Type.INT, new Strategy.Group(128));

    assertThat(grouped.groupColumns(256)).isEqualTo(128);
    assertThat(grouped.groupColumns(64)).isEqualTo(64);
    assertThat(args(4, Type.INT, CHANNEL).groupColumns(64)).isEqualTo(64);
    assertThat(grouped.groupSize()).contains(128L);
    assertThat(args(4, Type.INT, new Strategy.Block(2, 2)).groupSize()).isEmpty();
  }
}
