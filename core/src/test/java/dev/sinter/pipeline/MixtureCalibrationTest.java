/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.ExpertCoverage;
import dev.sinter.json.Json;
import dev.sinter.pipeline.OneshotRequest.Settings;
import dev.sinter.session.SampleSource;
import dev.sinter.testing.GoldenModel;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TensorFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mixtures of experts calibrate like any model: each expert on what is routed to it. */
class MixtureCalibrationTest {
  @TempDir private Path temp;

  /** Samples whose lengths have nothing in common. */
  private static final class Uneven implements SampleSource {
    @Override
    public Json.Obj identity() {
      return Json.object("lengths", List.of(40, 3, 17, 1, 29, 64, 8));
    }

    @Override
    public List<int[]> samples() {
      Random random = new Random(7);
      return IntStream.of(40, 3, 17, 1, 29, 64, 8)
          .mapToObj(length -> random.ints(length, 0, 256).toArray())
          .toList();
    }
  }

  private TensorFolder gptq(String model, int batchSize) throws IOException {
    return gptq(GoldenModel.named(model).folder(), batchSize, ExpertCoverage.ROUTED);
  }

  private TensorFolder gptq(Path model, int batchSize, ExpertCoverage experts) throws IOException {
    Path output = temp.resolve(model.getFileName() + "-" + batchSize + "-" + experts);
    OneshotRequest request =
        new OneshotRequest(
            model.toString(),
            output.toString(),
            output.resolve(".sinter").toString(),
            Runs.recipe("GPTQModifier", "scheme: W8A16"),
            Optional.of(new Uneven()),
            Settings.DEFAULT.withSlices(1, batchSize).withTraversal(Traversal.USUAL.with(experts)));
    Runs.run(request);
    return new TensorFolder(output);
  }

  @ParameterizedTest
  @CsvSource({"gpt_oss-fp32, 12", "deepseek_v3-fp32, 16"})
  void microBatchesOfUnequalLengthsGiveWhatSamplesGiveOneByOne(String model, int experts)
      throws IOException {
    TensorFolder together = gptq(model, 4);
    TensorFolder apart = gptq(model, 1);

    assertThat(together.tensors().keySet())
        .filteredOn(name -> name.contains(".experts.") && name.endsWith("weight_scale"))
        .hasSize(3 * experts);
    assertThat(apart.tensors().keySet()).isEqualTo(together.tensors().keySet());
    long codes = 0;
    long equal = 0;
    for (String name : together.tensors().keySet()) {
      if (name.endsWith(".weight_packed")) {
        byte[] left = together.bytes(name);
        byte[] right = apart.bytes(name);
        codes += left.length;
        for (int i = 0; i < left.length; i++) {
          equal += left[i] == right[i] ? 1 : 0;
        }
      }
    }
    // An expert that saw fewer tokens than it has channels magnifies the last bits of sums.
    assertThat((double) equal / codes).as("codes that agree").isGreaterThan(0.99);
  }

  @Test
  void allExpertsSeeWhatTheySeeWhereEveryTokenIsRoutedToAll() throws IOException {
    Path model = GoldenModel.named("qwen3_moe-bf16").folder();
    Path routedToAll = Files.createDirectories(temp.resolve("routed-to-all"));
    Files.copy(model.resolve("model.safetensors"), routedToAll.resolve("model.safetensors"));
    Files.writeString(
        routedToAll.resolve("config.json"),
        Files.readString(model.resolve("config.json"))
            .replaceFirst("\"num_experts_per_tok\": *3", "\"num_experts_per_tok\": 8"));

    TensorFolder routed = gptq(model, 4, ExpertCoverage.ROUTED);
    TensorFolder all = gptq(model, 4, ExpertCoverage.ALL);
    TensorFolder expected = gptq(routedToAll, 4, ExpertCoverage.ROUTED);

    // Behind the first mixture the models differ in what they compute.
    List<String> experts =
        all.tensors().keySet().stream()
            .filter(name -> name.startsWith("model.layers.0.mlp.experts."))
            .toList();
    assertThat(experts).hasSizeGreaterThan(8 * 3);
    for (String name : experts) {
      assertThat(all.sha256(name)).as(name).isEqualTo(expected.sha256(name));
    }
    assertThat(experts).anyMatch(name -> differs(all, routed, name));
  }

  private static boolean differs(TensorFolder one, TensorFolder other, String name) {
    try {
      return !one.sha256(name).equals(other.sha256(name));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
