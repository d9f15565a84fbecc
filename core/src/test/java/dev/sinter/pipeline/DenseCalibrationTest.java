/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Graph;
import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.Op;
import dev.sinter.graph.Sequences;
import dev.sinter.json.Json;
import dev.sinter.session.SampleSource;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.GoldenModel;
import dev.sinter.testing.ModelRun;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TensorFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dense families calibrate, whatever their matrices are called and however they are stored. */
class DenseCalibrationTest {
  @TempDir private Path temp;

  private record Samples(int vocabulary) implements SampleSource {
    @Override
    public Json.Obj identity() {
      return Json.object("vocabulary", vocabulary);
    }

    @Override
    public List<int[]> samples() {
      Random random = new Random(7);
      return IntStream.range(0, 8)
          .mapToObj(i -> random.ints(40 + i, 0, vocabulary).toArray())
          .toList();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gemma2-fp32, 256, Linear",
    "phi3_longrope-fp32, 64, Linear",
    "olmo3-fp32, 64, Linear",
    "opt_narrow-fp32, 64, Linear",
    "gpt2_bare-fp32, 64, Conv1D"
  })
  void everyMatrixIsSolvedAboutAsWellAsByRoundingOrBetter(
      String name, int vocabulary, String target) throws IOException {
    GoldenModel model = GoldenModel.named(name);
    Path output = temp.resolve("out");
    String[] settings = {"scheme: W8A16", "targets: [" + target + "]"};
    Runs.run(
        Runs.request(
            model.folder(),
            output,
            Runs.recipe("GPTQModifier", settings),
            Optional.of(new Samples(vocabulary))));
    Runs.rounded(model.folder(), temp.resolve("rounded"), settings);

    assertThat(quantized(output)).isEqualTo(matrices(model.graph(), target));
    // The weights are random, and what they see is nearly white: there is little to gain.
    double rounded = error(model, temp.resolve("rounded"));
    assertThat(error(model, output)).isPositive().isLessThan(1.1 * rounded);
  }

  /** How far a checkpoint's logits are from those of the model it was made of. */
  private static double error(GoldenModel model, Path output) throws IOException {
    Graph graph = model.graph();
    try (Scope scope = Scope.open()) {
      Tensor ids_N = model.reference().get("input_ids").view(-1);
      float[] expected = Tensors.floats(model.reference().get("logits"));
      float[] found =
          new ModelRun(graph, new GoldenModel(output).weights(graph))
              .whole(ids_N, Sequences.of(48, 48))
              .get("logits");
      return rms(found, expected);
    }
  }

  private static Set<String> matrices(Graph graph, String target) {
    Set<String> ofClass = new TreeSet<>();
    graph.modules().stream()
        .filter(module -> module.className().equals(target))
        .map(ModuleInfo::name)
        .filter(module -> !module.equals("lm_head"))
        .forEach(ofClass::add);
    assertThat(graph.nodes())
        .filteredOn(node -> node.op() instanceof Op.Linear)
        .extracting(node -> ((Op.Linear) node.op()).module())
        .containsAll(ofClass);
    return ofClass;
  }

  private static Set<String> quantized(Path output) throws IOException {
    Set<String> modules = new TreeSet<>();
    new TensorFolder(output)
        .tensors().keySet().stream()
            .filter(tensor -> tensor.endsWith(".weight_scale"))
            .map(tensor -> tensor.substring(0, tensor.length() - ".weight_scale".length()))
            .forEach(modules::add);
    return modules;
  }

  private static double rms(float[] found, float[] expected) {
    double difference = 0;
    double size = 0;
    for (int i = 0; i < found.length; i++) {
      difference += Math.pow((double) found[i] - expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / size);
  }
}
