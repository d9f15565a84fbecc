/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Graph;
import dev.sinter.json.Json;
import dev.sinter.testing.TestData;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Configs as published trace without a problem, to models of the published number of parameters.
 */
class PublishedModelsTest {

  static List<Json> models() {
    Json.Obj published = TestData.json(TestData.golden().resolve("published.json"));
    return ((Json.Arr) published.members().get("models")).items();
  }

  @ParameterizedTest
  @MethodSource("models")
  void modelHasTheParametersThatItIsKnownFor(Json.Obj model) {
    ModelConfig config = new ModelConfig((Json.Obj) model.members().get("config"));

    Graph graph = Architectures.of(config).orElseThrow().trace(config, TraceOptions.USUAL);

    long parameters =
        graph.parameters().stream()
            .filter(parameter -> !graph.ties().containsKey(parameter.name()))
            .mapToLong(parameter -> parameter.shape().elements())
            .sum();
    assertThat(parameters).isEqualTo(((Json.Num) model.members().get("parameters")).asLong());
  }
}
