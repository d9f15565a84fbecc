/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Activation;
import dev.sinter.graph.Elementwise;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.Tracer;
import dev.sinter.graph.Value;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LivenessTest {
  @Test
  void valuesCountFromWhereTheyAreMadeToTheirLastUse() {
    Tracer tracer = new Tracer();
    Value ids = tracer.input();
    Value x = tracer.linear("x", ids, 10, Bias.ABSENT);
    Value wide = tracer.linear("wide", x, 100, Bias.ABSENT);
    Value open = tracer.apply(Activation.SILU, wide);
    Value back = tracer.linear("back", open, 10, Bias.ABSENT);
    Value sum = tracer.apply(new Elementwise.Add(), x, back);
    Graph graph = tracer.finish(ids, sum, "Layer");

    // ids, x, wide, and what is made of it twice over.
    assertThat(Liveness.widest(graph.nodes(), List.of(ids), Set.of(sum)))
        .isEqualTo(1 + 10 + 100 + 2 * 100);
    // What is wanted stays.
    assertThat(Liveness.widest(graph.nodes(), List.of(ids), Set.of(wide, open, sum)))
        .isEqualTo(1 + 10 + 100 + 2 * 100);
    assertThat(Liveness.widest(graph.nodes().subList(3, 5), List.of(x, open), Set.of(sum)))
        .isEqualTo(10 + 100 + 10 + 2 * 10);
  }
}
