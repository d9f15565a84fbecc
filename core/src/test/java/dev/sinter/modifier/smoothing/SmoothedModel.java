/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.smoothing;

import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.graph.Frame;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Interpreter;
import dev.sinter.graph.Sequences;
import dev.sinter.graph.SmoothingPair;
import dev.sinter.graph.SmoothingPairs;
import dev.sinter.graph.Value;
import dev.sinter.graph.Weights;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.ModifierRegistry;
import dev.sinter.modifier.Smoother;
import dev.sinter.modifier.Smoother.Linear;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.GoldenModel;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * The tiny model with what a smoothing method makes of it, and the norms that llm-compressor wrote
 * for it (the golden data's calibration set, in its batches).
 */
public final class SmoothedModel {
  private static final int BATCH = 4;

  private SmoothedModel() {}

  /** What is done with a pair. Tensors are those of the model, as it is. */
  @FunctionalInterface
  public interface PairTest {
    void accept(
        SmoothingPair pair, Tensor norm_C, List<Linear> linears, Map<StatisticType, Statistic> seen)
        throws IOException;
  }

  /** A method from its settings. */
  public static Modifier modifier(String name, String members) {
    return new ModifierRegistry()
        .create(
            name,
            TestData.json(("{" + members + "}").getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .members());
  }

  /** Visits the pairs of a method whose producers are norms, with what it asked to see. */
  public static void visit(Modifier modifier, QuantizationArgs args, PairTest test)
      throws IOException {
    GoldenModel model = new GoldenModel(TestData.tinyLlamaFp32());
    Graph graph = model.graph();
    Smoother smoother = modifier.smoothing().orElseThrow().smoother();
    List<SmoothingPair> pairs =
        modifier.smoothing().orElseThrow().pairs(SmoothingPairs.of(graph), graph.modules()).pairs();
    Map<Value, Map<StatisticType, Statistic>> seen = new HashMap<>();
    try (Scope scope = Scope.open()) {
      Weights weights = model.weights(graph);
      for (SmoothingPair pair : pairs) {
        if (pair.producer().endsWith("norm")) {
          Map<StatisticType, Statistic> empty = new HashMap<>();
          smoother
              .statistics()
              .forEach(t -> empty.put(t, t.empty(pair.inputs().get(0).channels())));
          seen.put(pair.inputs().get(0), empty);
        }
      }
      observe(graph, weights, seen);
      for (SmoothingPair pair : pairs) {
        if (seen.containsKey(pair.inputs().get(0))) {
          List<Linear> linears =
              pair.linears().stream()
                  .map(
                      name ->
                          new Linear(name, weights.parameter(name + ".weight"), Optional.of(args)))
                  .toList();
          test.accept(
              pair,
              weights.parameter(pair.producer() + ".weight"),
              linears,
              seen.get(pair.inputs().get(0)));
        }
      }
    } finally {
      seen.values().forEach(all -> all.values().forEach(Statistic::close));
    }
  }

  private static void observe(
      Graph graph, Weights weights, Map<Value, Map<StatisticType, Statistic>> seen)
      throws IOException {
    List<int[]> rows = TestData.calibration().samples();
    for (int i = 0; i < rows.size(); i += BATCH) {
      try (Scope scope = Scope.open()) {
        int length = rows.get(i).length;
        long[] ids = new long[BATCH * length];
        for (int t = 0; t < ids.length; t++) {
          ids[t] = rows.get(i + t / length)[t % length];
        }
        new Interpreter(graph.nodes())
            .run(
                Frame.of(weights, Sequences.of(length, length, length, length)),
                Map.of(graph.input(), Tensors.of(ids, ids.length)),
                seen.keySet(),
                (value, tensor) ->
                    seen.get(value).values().forEach(one -> one.observe(tensor, BATCH)));
      }
    }
  }

  /** A norm's weight as the reference wrote it after a method. */
  public static float[] reference(String method, String norm) throws IOException {
    Path folder = TestData.golden().resolve("smoothing").resolve(method);
    TensorEntry entry = TestData.tensors(folder).get(norm + ".weight");
    try (Scope scope = Scope.open();
        TensorReader reader = new TensorReader(FileStores.at(folder.toString()))) {
      return Tensors.floats(reader.read(entry));
    }
  }
}
