/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.json.Json;
import dev.sinter.pipeline.OneshotRequest;
import dev.sinter.plan.OutputSettings.Ties;
import dev.sinter.problem.RequestException;
import dev.sinter.recipe.Recipe;
import dev.sinter.tensor.DType;
import dev.sinter.testing.FilledCheckpoint;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TensorFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A head that is the embedding parts from it when either is quantized. */
class TiedHeadTest {
  private static final String EMBEDDING = "model.embed_tokens";
  private static final Json.Bool FALSE = new Json.Bool(false);
  private static final Json.Bool TRUE = new Json.Bool(true);

  @TempDir private Path temp;

  private static FilledCheckpoint model(String family, String embedding, boolean tied) {
    return new FilledCheckpoint(
            Json.object("model_type", family, "tie_word_embeddings", tied, "dtype", "bfloat16"))
        .random(embedding + ".weight", DType.BF16, 32, 128)
        .random("model.layers.0.self_attn.q_proj.weight", DType.BF16, 64, 128);
  }

  private static Json tied(Plan plan) {
    return plan.outputConfig().members().get("tie_word_embeddings");
  }

  @ParameterizedTest
  @CsvSource({"qwen2, model.embed_tokens", "gpt2, transformer.wte", "gpt_neox, gpt_neox.embed_in"})
  void headGetsTheEmbeddingThatIsQuantized(String family, String embedding) throws IOException {
    Plan plan =
        Plans.of(model(family, embedding, true).in(temp), "scheme: W8A16, targets: [Embedding]");

    assertThat(Plans.modules(plan)).containsExactly(embedding);
    assertThat(Plans.tensors(plan))
        .containsEntry("lm_head.weight", "BF16 [32, 128]")
        .containsEntry(embedding + ".weight_packed", "I32 [32, 32]")
        .doesNotContainKey(embedding + ".weight");
    assertThat(tied(plan)).isEqualTo(FALSE);
    assertThat(plan.notices())
        .contains(
            embedding
                + " is quantized and so no longer tied to the lm_head: tie_word_embeddings becomes false");
  }

  @Test
  void bytesOfTheHeadAreThoseOfTheEmbedding() throws IOException {
    Path model = temp.resolve("model");
    model("qwen2", EMBEDDING, true).in(model);
    Runs.rounded(model, temp.resolve("out"), "scheme: W8A16", "targets: [Embedding, Linear]");

    TensorFolder result = new TensorFolder(temp.resolve("out"));
    assertThat(result.sha256("lm_head.weight"))
        .isEqualTo(new TensorFolder(model).sha256(EMBEDDING + ".weight"));
    assertThat(result.config().members()).containsEntry("tie_word_embeddings", FALSE);
    assertThat(((Json.Arr) result.quantization().orElseThrow().members().get("ignore")).items())
        .containsExactly(new Json.Str("lm_head"));
  }

  @Test
  void nothingChangesWhereNeitherIsQuantized() throws IOException {
    Plan plan = Plans.of(model("qwen2", EMBEDDING, true).in(temp), "scheme: W8A16");

    assertThat(Plans.tensors(plan))
        .containsEntry(EMBEDDING + ".weight", "BF16 [32, 128]")
        .doesNotContainKey("lm_head.weight");
    assertThat(tied(plan)).isEqualTo(TRUE);
    assertThat(plan.notices())
        .containsExactly(
            "lm_head has no weight of its own in the checkpoint (tied to another?) and stays as it is");
  }

  @Test
  void headThatIsStoredAndQuantizedPartsFromTheEmbedding() throws IOException {
    Plan plan =
        Plans.of(
            model("qwen2", EMBEDDING, true).random("lm_head.weight", DType.BF16, 32, 128).in(temp),
            "scheme: W8A16, targets: [lm_head]");

    assertThat(Plans.tensors(plan))
        .containsEntry("lm_head.weight_packed", "I32 [32, 32]")
        .containsEntry(EMBEDDING + ".weight", "BF16 [32, 128]");
    assertThat(tied(plan)).isEqualTo(FALSE);
    assertThat(plan.notices())
        .containsExactly(
            "lm_head is quantized and so no longer tied to the embedding: tie_word_embeddings becomes false");
  }

  @Test
  void embeddingThatWasNeverTiedNeedsNoCopy() throws IOException {
    Plan plan =
        Plans.of(model("qwen2", EMBEDDING, false).in(temp), "scheme: W8A16, targets: [Embedding]");

    assertThat(Plans.tensors(plan)).doesNotContainKey("lm_head.weight");
    assertThat(tied(plan)).isEqualTo(FALSE);
    assertThat(plan.notices())
        .containsExactly(
            EMBEDDING + " is an embedding, and Transformers 5 runs none whose weight is in codes");
  }

  private static FilledCheckpoint untold(String family, Object... more) {
    Json.Obj config = Json.object("model_type", family, "dtype", "bfloat16");
    Json.Obj rest = Json.object(more);
    for (var member : rest.members().entrySet()) {
      config = config.with(member.getKey(), member.getValue());
    }
    return new FilledCheckpoint(config);
  }

  @Test
  void modelThatSaysNothingIsTiedWhereItHasNoHead() throws IOException {
    FilledCheckpoint model = untold("gemma2").random(EMBEDDING + ".weight", DType.BF16, 32, 128);
    Plan headless = Plans.of(model.in(temp), "scheme: W8A16, targets: [Embedding]");

    assertThat(Plans.tensors(headless)).containsEntry("lm_head.weight", "BF16 [32, 128]");
    assertThat(tied(headless)).isEqualTo(FALSE);

    model.random("lm_head.weight", DType.BF16, 32, 128);
    Plan apart = Plans.of(model.in(temp), "scheme: W8A16, targets: [Embedding]");

    assertThat(Plans.tensors(apart)).containsEntry("lm_head.weight", "BF16 [32, 128]");
    assertThat(apart.copied()).containsKey("lm_head.weight");
    assertThat(apart.outputConfig().members()).doesNotContainKey("tie_word_embeddings");
  }

  @Test
  void headOfAnInnerLanguageModelIsNamedWithIt() throws IOException {
    Json.Obj text = Json.object("tie_word_embeddings", true);
    Plan plan =
        Plans.of(
            untold("llava", "text_config", text)
                .random("language_model." + EMBEDDING + ".weight", DType.BF16, 32, 128)
                .in(temp),
            "scheme: W8A16, targets: [Embedding]");

    assertThat(Plans.tensors(plan))
        .containsEntry("language_model.lm_head.weight", "BF16 [32, 128]")
        .doesNotContainKey("lm_head.weight");
    assertThat(tied(plan)).isEqualTo(FALSE);
    assertThat(plan.outputConfig().members())
        .containsEntry("text_config", Json.object("tie_word_embeddings", false));
    assertThat(plan.notices())
        .contains(
            "language_model.model.embed_tokens is quantized and so no longer tied to the language_model.lm_head: tie_word_embeddings becomes false");
  }

  @Test
  void copyTakesTheTypeThatIsAskedFor() throws IOException {
    Plan plan =
        Planner.plan(
            model("qwen2", EMBEDDING, true).in(temp),
            Plans.rounding("scheme: W8A16, targets: [Embedding]"),
            Plans.dtype(DType.F16));

    assertThat(Plans.tensors(plan)).containsEntry("lm_head.weight", "F16 [32, 128]");
  }

  private static final OutputSettings CUT = OutputSettings.DEFAULT.withTies(Ties.CUT);

  @Test
  void headThatIsCutOffGetsAWeightThatIsQuantizedLikeAnyOther() throws IOException {
    Plan plan =
        Planner.plan(
            model("qwen2", EMBEDDING, true).in(temp), Plans.rounding("scheme: W8A16"), CUT);

    assertThat(Plans.modules(plan)).containsExactly("model.layers.0.self_attn.q_proj", "lm_head");
    assertThat(Plans.tensors(plan))
        .containsEntry("lm_head.weight_packed", "I32 [32, 32]")
        .containsEntry(EMBEDDING + ".weight", "BF16 [32, 128]");
    assertThat(tied(plan)).isEqualTo(FALSE);
    assertThat(plan.notices()).isEmpty();
  }

  @Test
  void headThatIsCutOffAndIgnoredIsACopyOfTheEmbedding() throws IOException {
    Plan plan =
        Planner.plan(
            model("gpt2", "transformer.wte", true).in(temp),
            Plans.rounding("scheme: W8A16, ignore: [lm_head]"),
            CUT);

    assertThat(Plans.tensors(plan))
        .containsEntry("lm_head.weight", "BF16 [32, 128]")
        .containsEntry("transformer.wte.weight", "BF16 [32, 128]");
    assertThat(tied(plan)).isEqualTo(FALSE);
  }

  @Test
  void headThatIsCutOffSaysSoWhereTheConfigSaidNothing() throws IOException {
    FilledCheckpoint model =
        untold("gemma2")
            .random(EMBEDDING + ".weight", DType.BF16, 32, 128)
            .random("model.layers.0.self_attn.q_proj.weight", DType.BF16, 64, 128);
    Plan plan =
        Planner.plan(model.in(temp), Plans.rounding("scheme: W8A16, ignore: [lm_head]"), CUT);

    assertThat(tied(plan)).isEqualTo(FALSE);
    assertThat(Plans.tensors(plan)).containsEntry("lm_head.weight", "BF16 [32, 128]");
  }

  private TensorFolder rounded(String target, OutputSettings output, String folder)
      throws IOException {
    Recipe recipe = Plans.rounding("scheme: W8A16, targets: [" + target + "]");
    Path result = temp.resolve(folder);
    OneshotRequest request = Runs.request(temp.resolve("model"), result, recipe, Optional.empty());
    Runs.run(
        new OneshotRequest(
            request.model(),
            request.output(),
            request.workspace(),
            recipe,
            Optional.empty(),
            request.settings().withOutput(output)));
    return new TensorFolder(result);
  }

  @Test
  void codesOfAHeadThatIsCutOffAreThoseOfTheEmbedding() throws IOException {
    model("qwen2", EMBEDDING, true).in(temp.resolve("model"));

    assertThat(rounded("lm_head", CUT, "head").sha256("lm_head.weight_packed"))
        .isEqualTo(
            rounded("Embedding", OutputSettings.DEFAULT, "embedding")
                .sha256(EMBEDDING + ".weight_packed"));
  }

  @Test
  void headThatNeverWasTheEmbeddingStaysAsItIs() throws IOException {
    FilledCheckpoint model =
        model("qwen2", EMBEDDING, false).random("lm_head.weight", DType.BF16, 32, 128);
    Plan cut = Planner.plan(model.in(temp), Plans.rounding("scheme: W8A16"), CUT);

    assertThat(cut.outputConfig())
        .isEqualTo(Plans.of(model.in(temp), "scheme: W8A16").outputConfig());
  }

  @Test
  void headWithoutAnEmbeddingToBeCutFromIsSaid() throws IOException {
    Checkpoint checkpoint = model("qwen2", "model.words", true).in(temp);
    assertThatThrownBy(() -> Planner.plan(checkpoint, Plans.rounding("scheme: W8A16"), CUT))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "The head cannot be untied from the embedding: none of the checkpoint's modules is called [embed_in, embed_tokens, wte]");
  }
}
