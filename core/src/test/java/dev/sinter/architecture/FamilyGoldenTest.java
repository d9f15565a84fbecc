/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Sequences;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.GoldenModel;
import dev.sinter.testing.ModelRun;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every family computes what Transformers computes, on every small model of the golden data. */
class FamilyGoldenTest {
  private static final Logger LOG = LoggerFactory.getLogger(FamilyGoldenTest.class);

  static List<String> models(String suffix) throws IOException {
    String ending = suffix + ".safetensors";
    try (Stream<Path> files = Files.list(TestData.references())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(ending))
          .map(file -> file.substring(0, file.length() - ".safetensors".length()))
          .sorted()
          .toList();
    }
  }

  static List<String> fp32() throws IOException {
    return models("-fp32");
  }

  static List<String> bf16() throws IOException {
    return models("-bf16");
  }

  @ParameterizedTest
  @MethodSource("fp32")
  void agreesWithTheReferenceInFp32(String name) throws IOException {
    GoldenModel model = GoldenModel.named(name);
    try (Scope scope = Scope.open()) {
      Map<String, float[]> expected = floats(model.reference());
      Map<String, float[]> found = outputs(model, TraceOptions.USUAL);

      assertThat(found.keySet()).isEqualTo(expected.keySet());
      found.forEach(
          (value, floats) -> {
            double error = relativeError(floats, expected.get(value));
            LOG.info("{} {}: relative error {}", name, value, error);
            assertThat(error).as(value).isLessThanOrEqualTo(1e-5);
          });
    }
  }

  @ParameterizedTest
  @MethodSource("bf16")
  void agreesWithTheReferenceInBf16AsWellAsBf16Can(String name) throws IOException {
    GoldenModel model = GoldenModel.named(name);
    GoldenModel exactModel = GoldenModel.named(name.replace("bf16", "fp32"));
    try (Scope scope = Scope.open()) {
      Map<String, float[]> expected = floats(model.reference());
      Map<String, float[]> exact = floats(exactModel.reference());
      int tokens = (int) model.reference().get("input_ids").numel();
      Map<String, float[]> found = outputs(model, TraceOptions.USUAL);

      assertThat(found.keySet()).isEqualTo(expected.keySet());
      found.forEach(
          (value, floats) -> {
            double error = rms(floats, exact.get(value));
            double errorOfReference = rms(expected.get(value), exact.get(value));
            LOG.info("{} {}: error {}, the reference's {}", name, value, error, errorOfReference);
            // A rounded router sends some tokens elsewhere; which ones is chance.
            assertThat(error).as(value).isLessThanOrEqualTo(1.25 * errorOfReference);
            // Of so few tokens, the reference's own median swings by as much from one kernel of
            // attention to another.
            assertThat(medianOfTokens(floats, exact.get(value), tokens))
                .as("median of %s", value)
                .isLessThanOrEqualTo(
                    1.1 * medianOfTokens(expected.get(value), exact.get(value), tokens));
          });
    }
  }

  @ParameterizedTest
  @MethodSource("fp32")
  void subgraphsInTurnComputeWhatTheWholeDoes(String name) throws IOException {
    GoldenModel model = GoldenModel.named(name);
    Graph graph = model.graph();
    try (Scope scope = Scope.open()) {
      ModelRun run = new ModelRun(graph, model.weights(graph));
      Tensor ids_N = model.reference().get("input_ids").view(-1);
      Map<String, float[]> whole = run.whole(ids_N, Sequences.of(48, 48));
      Map<String, float[]> inTurn = run.inSubgraphs(ids_N, Sequences.of(48, 48));

      assertThat(inTurn.keySet()).isEqualTo(whole.keySet());
      whole.forEach((value, floats) -> assertThat(inTurn.get(value)).as(value).isEqualTo(floats));
    }
  }

  private static Map<String, float[]> outputs(GoldenModel model, TraceOptions options)
      throws IOException {
    Graph graph = model.graph(options);
    Tensor ids_BT = model.reference().get("input_ids");
    int length = (int) ids_BT.size(1);
    return new ModelRun(graph, model.weights(graph))
        .whole(ids_BT.view(-1), Sequences.of(length, length));
  }

  private static Map<String, float[]> floats(Map<String, Tensor> tensors) {
    Map<String, float[]> floats = new TreeMap<>();
    tensors.forEach((name, tensor) -> floats.put(name, Tensors.floats(tensor)));
    floats.remove("input_ids");
    return floats;
  }

  /** The root of the mean squared difference by that of the mean square. */
  private static double rms(float[] found, float[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    double difference = 0;
    double size = 0;
    for (int i = 0; i < found.length; i++) {
      difference += Math.pow((double) found[i] - expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / size);
  }

  private static double medianOfTokens(float[] found, float[] expected, int tokens) {
    int channels = found.length / tokens;
    double[] errors = new double[tokens];
    for (int i = 0; i < tokens; i++) {
      int start = i * channels;
      errors[i] =
          rms(
              Arrays.copyOfRange(found, start, start + channels),
              Arrays.copyOfRange(expected, start, start + channels));
    }
    Arrays.sort(errors);
    return errors[tokens / 2];
  }

  /** The largest difference by the largest value. */
  static double relativeError(float[] found, float[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isFinite();
      difference = Math.max(difference, Math.abs((double) found[i] - expected[i]));
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    return difference / largest;
  }
}
