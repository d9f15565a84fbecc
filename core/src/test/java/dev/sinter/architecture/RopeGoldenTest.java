/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.Rope;
import dev.sinter.json.Json;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.TestData;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a config says of positions gives the frequencies that Transformers makes of it. */
class RopeGoldenTest {

  static List<Json> cases() {
    Json.Obj golden = TestData.json(TestData.references().resolve("ropes.json"));
    return ((Json.Arr) golden.members().get("cases")).items();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTheReference(Json.Obj golden) {
    ModelConfig config = new ModelConfig((Json.Obj) golden.members().get("config"));
    List<Json> expected = ((Json.Arr) golden.members().get("frequencies")).items();

    Rope rope = RopeConfig.rope(config, 16, 10_000);

    config.requireValid();
    assertThat(rope.turned()).isEqualTo(2 * expected.size());
    try (Scope scope = Scope.open()) {
      float[] found =
          Tensors.floats(
              rope.frequencies().inverse(rope.turned(), (long) number(golden, "length")));
      for (int i = 0; i < found.length; i++) {
        double frequency = ((Json.Num) expected.get(i)).asDouble();
        assertThat((double) found[i]).isCloseTo(frequency, within(3e-7 * frequency));
      }
    }
    assertThat(rope.frequencies().attentionFactor())
        .isCloseTo(number(golden, "factor"), within(1e-12));
  }

  private static double number(Json.Obj golden, String name) {
    return ((Json.Num) golden.members().get(name)).asDouble();
  }
}
