/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.tensor.DType;
import dev.sinter.testing.FilledCheckpoint;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What flags about a model do to the result. */
class ModelFlagsTest {
  @TempDir private Path temp;

  @Test
  void aHeadIsUntiedFromTheEmbedding() throws IOException {
    new FilledCheckpoint(
            Json.object("model_type", "qwen2", "tie_word_embeddings", true, "dtype", "bfloat16"))
        .random("model.embed_tokens.weight", DType.BF16, 32, 128)
        .random("model.layers.0.mlp.up_proj.weight", DType.BF16, 64, 128)
        .in(temp);
    String[] args = {"plan", "--model=" + temp, "--scheme=W8A16", "--tie_word_embeddings=true"};
    String tied = SinterRun.of(args).out();
    args[3] = "--tie_word_embeddings=false";
    String untied = SinterRun.of(args).out();

    String note = "lm_head has no weight of its own in the checkpoint";
    assertThat(tied).contains(note).doesNotContainPattern("lm_head +W8A16");
    assertThat(untied).containsPattern("lm_head +W8A16").doesNotContain(note);
  }

  @Test
  void aTokenizerThatIsNowhereIsSaid() {
    SinterRun run =
        SinterRun.of(
            "decompress",
            "--model=" + TestData.tinyLlamaBf16(),
            "--tokenizer=/nowhere",
            "--output-dir=" + temp);

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("sinter: There is no checkpoint at /nowhere: there is no such folder");
  }
}
