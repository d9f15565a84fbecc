/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.testing.TensorFolder;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run writes is what Transformers computes, under its names. */
class RunCommandTest {
  @TempDir private Path temp;

  private static Path golden(String model) {
    return TestData.golden().resolve("models").resolve(model);
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen3_moe-fp32", "gemma3-fp32", "opt_narrow-fp32", "gpt2_bare-fp32"})
  void writesEveryHiddenStateAndTheLogits(String model) throws IOException {
    Path reference = Files.createDirectories(temp.resolve("reference"));
    Files.copy(
        TestData.references().resolve(model + ".safetensors"),
        reference.resolve("ids.safetensors"));
    Path output = Files.createDirectories(temp.resolve("output"));

    SinterRun run =
        SinterRun.of(
            "run",
            "--model",
            golden(model).toString(),
            "--input-ids",
            reference.resolve("ids.safetensors").toString(),
            "--output",
            output.resolve("../output/states.safetensors").toString());

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("\"output\":\"" + output.resolve("states.safetensors") + "\"");
    TensorFolder expected = new TensorFolder(reference);
    TensorFolder found = new TensorFolder(output);
    Map<String, TensorEntry> tensors = expected.tensors();
    tensors.remove("input_ids");
    assertThat(found.tensors().keySet()).isEqualTo(tensors.keySet());
    for (String name : tensors.keySet()) {
      assertThat(found.tensors().get(name).spec()).isEqualTo(tensors.get(name).spec());
      assertThat(relativeError(found.floats(name), expected.floats(name)))
          .as(name)
          .isLessThan(1e-5);
    }
  }

  /** The largest difference over the largest magnitude. */
  private static double relativeError(float[] found, float[] expected) {
    double difference = 0;
    double magnitude = 0;
    for (int i = 0; i < expected.length; i++) {
      difference = Math.max(difference, Math.abs(found[i] - expected[i]));
      magnitude = Math.max(magnitude, Math.abs(expected[i]));
    }
    return difference / magnitude;
  }

  @Test
  void aFileWithoutIdsIsRefused() {
    Path weights = TestData.tinyLlamaBf16().resolve("model.safetensors");

    SinterRun run =
        SinterRun.of(
            "run",
            "--model",
            TestData.tinyLlamaBf16().toString(),
            "--input-ids",
            weights.toString(),
            "--output",
            temp.resolve("out.safetensors").toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains("there is no tensor input_ids [sequences, tokens] of 64 or 32 bit integers");
    assertThat(temp.resolve("out.safetensors")).doesNotExist();
  }

  @Test
  void neitherAModelNorAnOlderFileIsWrittenOver() throws IOException {
    Path model = golden("qwen3-fp32");
    Path older = Files.writeString(temp.resolve("older.safetensors"), "older");
    String ids = TestData.references().resolve("qwen3-fp32.safetensors").toString();

    SinterRun intoModel =
        SinterRun.of(
            "run",
            "--model",
            model.toString(),
            "--input-ids",
            ids,
            "--output",
            model.resolve("model.safetensors").toString());
    SinterRun ontoOlder =
        SinterRun.of(
            "run", "--model", model.toString(), "--input-ids", ids, "--output", older.toString());

    assertThat(intoModel.code()).isEqualTo(2);
    assertThat(intoModel.err()).contains("is in the model's own folder. Name another");
    assertThat(ontoOlder.code()).isEqualTo(2);
    assertThat(ontoOlder.err()).contains("older.safetensors is there already. Name a new file");
    assertThat(older).hasContent("older");
  }

  @Test
  void flagsThatCouldNotMatterAreRefused() {
    SinterRun run =
        SinterRun.of(
            "run",
            "--model",
            golden("qwen3-fp32").toString(),
            "--input-ids",
            "ids.safetensors",
            "--output",
            temp.resolve("out.safetensors").toString(),
            "--tokenizer",
            "gpt2",
            "--tie-word-embeddings",
            "false");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains("--tokenizer gpt2: token ids are taken as they are. Leave the flag out")
        .contains("--tie-word-embeddings false: no checkpoint is written")
        .doesNotContain("starting Spark");
  }
}
