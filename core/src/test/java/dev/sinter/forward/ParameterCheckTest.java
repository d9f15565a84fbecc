/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.architecture.Architectures;
import dev.sinter.architecture.ModelConfig;
import dev.sinter.architecture.TraceOptions;
import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.graph.Graph;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import dev.sinter.tensor.DType;
import dev.sinter.testing.Decompression;
import dev.sinter.testing.GoldenModel;
import dev.sinter.testing.Runs;
import dev.sinter.testing.SmallCheckpoint;
import dev.sinter.testing.TestData;
import dev.sinter.weight.CheckpointWeights;
import dev.sinter.weight.ParameterSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParameterCheckTest {
  @TempDir private Path temp;

  private static Graph graph(Json.Obj config) {
    ModelConfig read = new ModelConfig(config);
    return Architectures.of(read).orElseThrow().trace(read, TraceOptions.USUAL);
  }

  private static Map<String, ParameterSource> entries(Checkpoint checkpoint) {
    return ParameterCheck.entries(
        graph(checkpoint.config()), checkpoint, CheckpointWeights.of(checkpoint));
  }

  @Test
  void everyParameterIsFound() throws IOException {
    assertThat(entries(SmallCheckpoint.complete(SmallCheckpoint.LLAMA).in(temp))).hasSize(12);
  }

  @Test
  void tiedHeadIsTheEmbedding() throws IOException {
    Json.Obj tied = SmallCheckpoint.LLAMA.with("tie_word_embeddings", Json.of(true));

    Map<String, ParameterSource> entries =
        entries(SmallCheckpoint.complete(tied).without("lm_head.weight").in(temp));

    assertThat(entries.get("lm_head.weight")).isEqualTo(entries.get("model.embed_tokens.weight"));
  }

  @Test
  void missingAndMisshapenTensorsAreSaidAtOnce() throws IOException {
    Checkpoint checkpoint =
        SmallCheckpoint.complete(SmallCheckpoint.LLAMA)
            .without("lm_head.weight")
            .with("model.norm.weight", DType.F32, 65)
            .in(temp);

    assertThatThrownBy(() -> entries(checkpoint))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            """
            The tensor model.norm.weight has the shape [65]; config.json asks for [64]
            The checkpoint lacks the tensor lm_head.weight [32, 64] that its config asks for""");
  }

  @Test
  void codesAreCalibratedAsTheDenseModelThatTheyStandFor() throws IOException {
    Runs.datafree(TestData.tinyLlamaBf16(), temp.resolve("codes"), "FP8_DYNAMIC");
    Decompression.of(temp.resolve("codes"), temp.resolve("dense"));

    Runs.gptq(temp.resolve("codes"), temp.resolve("from-codes"), "scheme: W4A16");
    Runs.gptq(temp.resolve("dense"), temp.resolve("from-dense"), "scheme: W4A16");

    assertThat(temp.resolve("from-codes").resolve("model.safetensors"))
        .hasSameBinaryContentAs(temp.resolve("from-dense").resolve("model.safetensors"));
    assertThat(temp.resolve("from-codes").resolve("config.json"))
        .hasSameTextualContentAs(temp.resolve("from-dense").resolve("config.json"));
  }

  @Test
  void samplesThatTheModelCannotReadAreSaidAtOnce() {
    Json.Obj config = SmallCheckpoint.LLAMA.with("max_position_embeddings", Json.of(3));
    List<int[]> samples = List.of(new int[] {1, 31}, new int[] {32, -1}, new int[] {1, 2, 3, 4});

    assertThatThrownBy(
            () ->
                ParameterCheck.requireSamples(
                    samples, graph(config), new ModelConfig(config), 1, List.of()))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            """
            Sample 1 holds the token id 32; the model's vocabulary has 32 entries. Was it \
            tokenized for another model?
            Sample 2 has 4 tokens; the model has 3 positions. Give --max-seq-length 3 or less""");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-fp32", "opt-fp32"})
  void samplesBeyondTheLearnedPositionsAreTold(String model) {
    Json.Obj config = GoldenModel.named(model).config();
    List<int[]> samples = List.of(new int[512], new int[513]);

    assertThatThrownBy(
            () ->
                ParameterCheck.requireSamples(
                    samples, graph(config), new ModelConfig(config), 1, List.of()))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "Sample 1 has 513 tokens; the model has 512 positions. Give --max-seq-length 512 or"
                + " less");
  }

  @Test
  void positionsThatAreNoNumberAreTold() {
    Json.Obj config = SmallCheckpoint.LLAMA.with("max_position_embeddings", Json.of("many"));
    List<int[]> samples = List.of(new int[] {1, 2});

    assertThatThrownBy(
            () ->
                ParameterCheck.requireSamples(
                    samples, graph(config), new ModelConfig(config), 1, List.of()))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "config.json: max_position_embeddings must be a positive whole number up to 2147483647, not \"many\"");
  }

  @Test
  void activationsBeyondAnArrayAreTold() {
    Json.Obj config = SmallCheckpoint.LLAMA;
    List<int[]> samples = List.of(new int[100_000]);

    assertThatThrownBy(
            () ->
                ParameterCheck.requireSamples(
                    samples,
                    graph(config),
                    new ModelConfig(config),
                    1000,
                    dev.sinter.graph.Partitioner.layers(graph(config)).subList(0, 1)))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "A micro-batch of 1000 samples of 100000 tokens has activations of more than 2 GiB."
                + " Give a smaller --batch-size or --max-seq-length");
  }
}
