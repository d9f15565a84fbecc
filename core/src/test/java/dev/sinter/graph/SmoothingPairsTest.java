/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import dev.sinter.graph.Attention.Heads;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.RmsNorm.Scaling;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.GoldenModel;
import dev.sinter.testing.ModelRun;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SmoothingPairsTest {
  static List<String> models() throws IOException {
    try (Stream<Path> files = Files.list(TestData.references())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith("-fp32.safetensors"))
          .map(file -> file.substring(0, file.length() - ".safetensors".length()))
          .sorted()
          .toList();
    }
  }

  /** Powers of two: dividing by them and multiplying with them rounds nothing. */
  private static float[] factors(Random random, long count) {
    float[] factors = new float[(int) count];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = Math.scalb(1f, random.nextInt(5) - 2);
    }
    return factors;
  }

  /** A model's parameters with every pair scaled at once. */
  private static final class Scaled implements Weights {
    private final Weights plain;
    private final Map<String, Tensor> changed = new HashMap<>();
    private final Graph graph;

    Scaled(Weights plain, Graph graph, List<SmoothingPair> pairs) {
      this.plain = plain;
      this.graph = graph;
      Random random = new Random(7);
      for (SmoothingPair pair : pairs) {
        long columns = plain.parameter(pair.linears().get(0) + ".weight").size(1);
        float[] factors = factors(random, columns);
        scaleRows(pair.producer(), pair.rows(), factors);
        pair.linears().forEach(module -> divideColumns(module, factors));
        pair.routers().forEach(module -> divideColumns(module, factors));
      }
    }

    @Override
    public Tensor parameter(String name) {
      return changed.getOrDefault(name, plain.parameter(name));
    }

    private void scaleRows(String module, ChannelPick rows, float[] factors) {
      boolean offset =
          graph.nodes().stream()
              .anyMatch(
                  node ->
                      node.op() instanceof RmsNorm norm
                          && norm.module().equals(module)
                          && norm.scaling() == Scaling.OFFSET);
      for (String name : List.of(module + ".weight", module + ".bias")) {
        Tensor tensor = parameter(name);
        if (tensor != null) {
          float[] values = Tensors.floats(tensor);
          int width = (int) (values.length / tensor.size(0));
          for (int i = 0; i < factors.length; i++) {
            int row = (int) (i / rows.count() * rows.period() + rows.first() + i % rows.count());
            for (int c = row * width; c < (row + 1) * width; c++) {
              values[c] = offset ? (1 + values[c]) * factors[i] - 1 : values[c] * factors[i];
            }
          }
          changed.put(name, Tensors.of(values, tensor.shape()));
        }
      }
    }

    private void divideColumns(String module, float[] factors) {
      Tensor weight_RC = parameter(module + ".weight");
      float[] values = Tensors.floats(weight_RC);
      for (int i = 0; i < values.length; i++) {
        values[i] /= factors[i % factors.length];
      }
      changed.put(module + ".weight", Tensors.of(values, weight_RC.shape()));
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void modelStaysWhatItIsWhenAllPairsAreScaled(String name) throws IOException {
    GoldenModel model = GoldenModel.named(name);
    Graph graph = model.graph();
    List<SmoothingPair> pairs = SmoothingPairs.of(graph).pairs();
    assertThat(pairs).isNotEmpty();
    try (Scope scope = Scope.open()) {
      Weights plain = model.weights(graph);
      Tensor ids_BT = model.reference().get("input_ids");
      int length = (int) ids_BT.size(1);
      Sequences sequences = Sequences.of(length, length);
      float[] expected = new ModelRun(graph, plain).whole(ids_BT.view(-1), sequences).get("logits");
      float[] found =
          new ModelRun(graph, new Scaled(plain, graph, pairs))
              .whole(ids_BT.view(-1), sequences)
              .get("logits");

      double largest = 0;
      double difference = 0;
      for (int i = 0; i < expected.length; i++) {
        largest = Math.max(largest, Math.abs(expected[i]));
        difference = Math.max(difference, Math.abs(expected[i] - found[i]));
      }
      // Nothing rounds but 1 + weight of norms that have it.
      boolean offsets = name.startsWith("gemma") || name.startsWith("step");
      assertThat(difference / largest).isLessThanOrEqualTo(offsets ? 1e-5 : 0);
    }
  }

  private static final class Model {
    private final Tracer tracer = new Tracer();
    private final Value input = tracer.input();
    private final Value hidden = tracer.linear("start", input, 8, Bias.ABSENT);

    Value linear(String name, Value x) {
      return tracer.linear(name, x, 8, Bias.ABSENT);
    }

    SmoothingPairs pairs(Value output) {
      return SmoothingPairs.of(tracer.finish(input, output, "Layer"));
    }
  }

  @Test
  void valuesReachTheOutputOfAttentionWhereHeadsAreNotShared() {
    for (int keys : List.of(4, 2)) {
      Model model = new Model();
      Value x = model.linear("x", model.tracer.apply(Activation.SILU, model.hidden));
      Value y = model.tracer.apply(Activation.SILU, x);
      Value q = model.linear("q", y);
      Value k = model.tracer.linear("k", y, keys * 2L, Bias.ABSENT);
      Value v = model.tracer.linear("v", y, keys * 2L, Bias.ABSENT);
      Attention attention = Attention.causal("attention", new Heads(4, keys, 2));
      Value o = model.linear("o", model.tracer.apply(attention, q, k, v));
      SmoothingPairs found = model.pairs(o);

      if (keys == 4) {
        assertThat(found.pairs())
            .extracting(SmoothingPair::producer, SmoothingPair::linears)
            .containsExactly(tuple("v", List.of("o")));
      } else {
        assertThat(found.pairs()).isEmpty();
        assertThat(found.unpaired())
            .contains(
                entry(
                    "4 query heads share 2 value heads, and their columns would need equal factors",
                    List.of("o")));
      }
      assertThat(found.unpaired())
          .contains(entry("silu does not commute with factors", List.of("x", "q", "k", "v")));
    }
  }

  @Test
  void reluLetsFactorsThrough() {
    Model model = new Model();
    Value x = model.linear("fc1", model.hidden);
    Value y = model.linear("fc2", model.tracer.apply(Activation.RELU, x));

    assertThat(model.pairs(y).pairs())
        .extracting(SmoothingPair::producer)
        .containsExactly("start", "fc1");
  }

  @Test
  void whatIsReadElsewhereToo() {
    Model model = new Model();
    Value x = model.linear("a", model.hidden);
    Value y = model.linear("b", x);
    Value sum = model.tracer.apply(new Elementwise.Add(), x, y);

    assertThat(model.pairs(sum).unpaired())
        .containsEntry("a: a sum with terms that would not be scaled", List.of("b"));
  }

  @Test
  void factorsThatMeetThemselvesWouldBeSquared() {
    Model model = new Model();
    Value x = model.linear("a", model.hidden);
    Value square = model.tracer.apply(new Elementwise.Multiply(), x, x);
    Value y = model.linear("b", square);

    assertThat(model.pairs(y).unpaired()).containsEntry("a: they meet themselves", List.of("b"));
  }

  @Test
  void partsOfAnOutputAreScaledApart() {
    Model model = new Model();
    Value both = model.tracer.linear("gate_up", model.hidden, 16, Bias.ABSENT);
    Value gate = model.tracer.apply(new Channels.Slice(0, 8), both);
    Value up = model.tracer.apply(new Channels.Slice(8, 8), both);
    Value open = model.tracer.apply(Activation.SILU, gate);
    Value down = model.linear("down", model.tracer.apply(new Elementwise.Multiply(), open, up));

    assertThat(model.pairs(down).pairs())
        .contains(
            new SmoothingPair(
                "gate_up",
                new ChannelPick(16, 8, 8),
                List.of("down"),
                List.of(),
                List.of(new Value(down.id() - 1, 8))));
  }

  @Test
  void partsThatOverlapAreNotScaled() {
    Model model = new Model();
    Value both = model.tracer.linear("ab", model.hidden, 16, Bias.ABSENT);
    Value a = model.tracer.apply(new Channels.Slice(0, 8), both);
    Value b = model.tracer.apply(new Channels.Slice(4, 8), both);
    Value y = model.tracer.apply(new Elementwise.Add(), model.linear("a", a), model.linear("b", b));

    assertThat(model.pairs(y).unpaired())
        .containsEntry("ab: only some of the channels go on", List.of("a", "b"));
  }

  @Test
  void headThatIsTheEmbeddingStaysAsItIs() {
    Graph tied = GoldenModel.named("gemma3-fp32").graph();

    assertThat(tied.ties()).containsKey("lm_head.weight");
    assertThat(SmoothingPairs.of(tied).unpaired())
        .containsEntry(
            "model.norm: the weight of lm_head is another module's, too", List.of("lm_head"));
  }

  @Test
  void modelsOutputStaysAsItIs() {
    Model model = new Model();

    assertThat(model.pairs(model.linear("a", model.hidden)).pairs())
        .extracting(SmoothingPair::producer)
        .containsExactly("start");
  }
}
