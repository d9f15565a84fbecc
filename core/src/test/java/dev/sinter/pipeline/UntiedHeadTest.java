/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.json.Json;
import dev.sinter.plan.OutputSettings;
import dev.sinter.plan.OutputSettings.Ties;
import dev.sinter.recipe.Recipe;
import dev.sinter.recipe.Recipes;
import dev.sinter.session.SampleSource;
import dev.sinter.testing.FilledCheckpoint;
import dev.sinter.testing.GoldenModel;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TensorFolder;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A head that is cut off its embedding, against a model whose head always stood apart. */
class UntiedHeadTest {
  private static final Path TIED = GoldenModel.named("llama_bias-fp32").folder();
  private static final Recipe ALL_LINEARS =
      Recipes.parse("test.yaml", "modifiers: {GPTQModifier: {scheme: W4A16, targets: [Linear]}}");

  @TempDir private Path temp;

  /** Ids within the small model's vocabulary. */
  private record Samples() implements SampleSource {
    @Override
    public Json.Obj identity() {
      return Json.object("rows", 8);
    }

    @Override
    public List<int[]> samples() throws IOException {
      return TestData.calibration().samples().subList(0, 8).stream()
          .map(ids -> Arrays.stream(ids).map(id -> id % 256).toArray())
          .toList();
    }
  }

  private TensorFolder gptq(Path model, OutputSettings output, String folder) throws IOException {
    OneshotRequest request =
        Runs.request(model, temp.resolve(folder), ALL_LINEARS, Optional.of(new Samples()));
    Runs.run(
        new OneshotRequest(
            request.model(),
            request.output(),
            request.workspace(),
            request.recipe(),
            request.samples(),
            request.settings().withOutput(output)));
    return new TensorFolder(temp.resolve(folder));
  }

  /** The same model with the embedding stored twice. */
  private Path apart() throws IOException {
    TensorFolder tied = new TensorFolder(TIED);
    FilledCheckpoint apart =
        new FilledCheckpoint(tied.config().with("tie_word_embeddings", Json.of(false)));
    for (TensorEntry entry : tied.open().tensors().values()) {
      add(apart, entry.name(), entry, tied);
    }
    add(apart, "lm_head.weight", tied.tensors().get("model.embed_tokens.weight"), tied);
    apart.in(temp.resolve("apart"));
    return temp.resolve("apart");
  }

  private static void add(FilledCheckpoint to, String name, TensorEntry entry, TensorFolder from)
      throws IOException {
    long[] shape =
        LongStream.range(0, entry.spec().shape().rank())
            .map(dimension -> entry.spec().shape().dimension((int) dimension))
            .toArray();
    to.bytes(name, entry.spec().dtype(), from.bytes(entry.name()), shape);
  }

  @Test
  void calibratesToTheSameCodes() throws IOException {
    TensorFolder cut = gptq(TIED, OutputSettings.DEFAULT.withTies(Ties.CUT), "cut");
    TensorFolder apart = gptq(apart(), OutputSettings.DEFAULT, "always");

    assertThat(cut.hashes()).containsKey("lm_head.weight_packed").isEqualTo(apart.hashes());
    assertThat(cut.config()).isEqualTo(apart.config());
  }
}
