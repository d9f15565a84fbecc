/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.SequentialTargets;
import dev.sinter.pipeline.OneshotRequest.Leftovers;
import dev.sinter.pipeline.OneshotRequest.Settings;
import dev.sinter.pipeline.OneshotRequest.Strictness;
import dev.sinter.plan.OutputSettings;
import dev.sinter.problem.RequestException;
import dev.sinter.recipe.Recipe;
import dev.sinter.recipe.Recipes;
import dev.sinter.session.ProgressListener;
import dev.sinter.task.SolvedUnit;
import dev.sinter.testing.FaultyStores;
import dev.sinter.testing.InProcessEngine;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A run that died anywhere goes on, does nothing twice, and gives the bytes of one that did not.
 */
class ResumeTest {
  private static final Recipe GPTQ = Runs.recipe("GPTQModifier", "scheme: W4A16");

  private static final int SHARDS = 3;

  private static final OutputSettings SMALL_SHARDS =
      new OutputSettings(Optional.of(1_000_000L), Optional.empty(), OutputSettings.Form.COMPRESSED);

  @TempDir private Path temp;

  @AfterEach
  void heal() {
    FaultyStores.heal();
  }

  /**
   * Activations are saved before every layer, and shards are small, so that there are many commits
   * to die after.
   */
  private static OneshotRequest request(Path output, Recipe recipe) {
    return request(output, recipe, Traversal.USUAL);
  }

  private static OneshotRequest request(Path output, Recipe recipe, Traversal traversal) {
    Settings settings =
        new Settings(SMALL_SHARDS, 16, 8, 1, 1, traversal, Strictness.LENIENT, Leftovers.RESUME);
    return new OneshotRequest(
        TestData.tinyLlamaBf16().toString(),
        FaultyStores.at(output),
        FaultyStores.at(output.resolve(".sinter")),
        recipe,
        recipe.needsCalibration() ? Optional.of(TestData.calibration()) : Optional.empty(),
        settings);
  }

  /** Remembers which units were solved, over all runs; solving one twice is a failure. */
  private static final class OnceListener implements ProgressListener {
    private final Set<String> solved = new HashSet<>();

    @Override
    public void notice(String text) {}

    @Override
    public void report(String text) {}

    @Override
    public void phase(String name, int steps, int done) {}

    @Override
    public void step(String what) {}

    @Override
    public void solved(SolvedUnit unit) {
      assertThat(solved.add(unit.id())).as("first solve of " + unit.id()).isTrue();
    }
  }

  @Test
  void goesOnAfterEveryCommitOfACalibratedRun() throws IOException {
    dieAfterEveryCommit(GPTQ, Traversal.USUAL, 8 + SHARDS);
  }

  @ParameterizedTest
  @EnumSource(
      value = Pipeline.class,
      names = {"SEQUENTIAL", "INDEPENDENT"})
  void goesOnAfterEveryCommitOfARunThatSmooths(Pipeline pipeline) throws IOException {
    Recipe recipe =
        Recipes.parse(
            "test.yaml",
            "modifiers: [{SmoothQuantModifier: {}}, {QuantizationModifier: {scheme: FP8, ignore:"
                + " [lm_head]}}]");
    // Four pairs, and four inputs of each of two layers.
    dieAfterEveryCommit(recipe, Traversal.USUAL.with(pipeline), 4 + 8 + SHARDS);
  }

  @Test
  void goesOnAfterEveryCommitOfADatafreeRun() throws IOException {
    dieAfterEveryCommit(
        Runs.recipe("QuantizationModifier", "scheme: W4A16"), Traversal.USUAL, SHARDS);
  }

  private void dieAfterEveryCommit(Recipe recipe, Traversal traversal, int units)
      throws IOException {
    String expected =
        Runs.run(request(temp.resolve("undisturbed"), recipe, traversal)).contentDigest();
    int crashes = 0;
    for (boolean finished = false; !finished; ) {
      Path output = temp.resolve("crash-" + crashes);
      OnceListener listener = new OnceListener();
      FaultyStores.crashAfter(crashes + 1);
      try {
        Oneshot.run(request(output, recipe, traversal), InProcessEngine::new, listener);
        finished = true;
      } catch (FaultyStores.Crash e) {
        crashes++;
        FaultyStores.heal();
        Outcome resumed =
            Oneshot.run(request(output, recipe, traversal), InProcessEngine::new, listener);
        assertThat(resumed.contentDigest()).as(e.getMessage()).isEqualTo(expected);
        assertThat(output.resolve(".sinter")).as("workspace").doesNotExist();
      }
      assertThat(listener.solved.size()).isLessThanOrEqualTo(units);
    }
    assertThat(crashes).isGreaterThan(10);
  }

  @Test
  void cleanStartsAfreshEvenInTheMiddleOfWriting() throws IOException {
    String expected = Runs.run(request(temp.resolve("undisturbed"), GPTQ)).contentDigest();
    Path output = temp.resolve("out");
    dieInTheMiddleOfWriting(output);
    assertThat(Runs.run(cleaned(request(output, GPTQ))).contentDigest()).isEqualTo(expected);
  }

  @Test
  void writesShardsAnewThatAreGone() throws IOException {
    String expected = Runs.run(request(temp.resolve("undisturbed"), GPTQ)).contentDigest();
    Path output = temp.resolve("out");
    dieInTheMiddleOfWriting(output);
    try (var shards = Files.newDirectoryStream(output, "model-*")) {
      for (Path shard : shards) {
        Files.delete(shard);
      }
    }
    assertThat(Runs.run(request(output, GPTQ)).contentDigest()).isEqualTo(expected);
  }

  private static void dieInTheMiddleOfWriting(Path output) {
    FaultyStores.crashAfterFile("model-00002");
    assertThatThrownBy(() -> Runs.run(request(output, GPTQ)))
        .isInstanceOf(FaultyStores.Crash.class)
        .hasMessageContaining("model-00002");
    FaultyStores.heal();
  }

  private static OneshotRequest cleaned(OneshotRequest request) {
    Settings settings =
        new Settings(
            SMALL_SHARDS, 16, 8, 1, 1, Traversal.USUAL, Strictness.LENIENT, Leftovers.CLEAN);
    return new OneshotRequest(
        request.model(),
        request.output(),
        request.workspace(),
        request.recipe(),
        request.samples(),
        settings);
  }

  @Test
  void finishedRunHasNothingToDo() throws IOException {
    Outcome first = Runs.run(request(temp.resolve("out"), GPTQ));
    Outcome second = Runs.run(request(temp.resolve("out"), GPTQ));
    assertThat(first.kind()).isEqualTo(Outcome.Kind.DONE);
    assertThat(second.kind()).isEqualTo(Outcome.Kind.NOTHING_TO_DO);
    assertThat(second.contentDigest()).isEqualTo(first.contentDigest());
  }

  @Test
  void refusesTheResultOfAnotherRunAndSaysWhatDiffers() throws IOException {
    Runs.run(request(temp.resolve("out"), GPTQ));
    Recipe other = Runs.recipe("GPTQModifier", "scheme: W4A16", "block_size: 64");
    assertThatThrownBy(() -> Runs.run(request(temp.resolve("out"), other)))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("holds the result of another run")
        .hasMessageEndingWith("  GPTQModifier.block_size: there 128, asked for 64");
  }

  @Test
  void refusesTheUnfinishedWorkOfAnotherRun() {
    FaultyStores.crashAfter(4);
    assertThatThrownBy(() -> Runs.run(request(temp.resolve("out"), GPTQ)))
        .isInstanceOf(FaultyStores.Crash.class)
        .hasMessageStartingWith("Crash after the commit of");
    FaultyStores.heal();
    Recipe other = Runs.recipe("GPTQModifier", "scheme: W8A16");
    assertThatThrownBy(() -> Runs.run(request(temp.resolve("out"), other)))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining(
            "holds the unfinished work of another run; finish it, or give --clean");
  }

  @Test
  void refusesAForeignFolder() throws IOException {
    Path output = Files.createDirectories(temp.resolve("out"));
    Files.writeString(output.resolve("thesis.tex"), "do not lose this");
    assertThatThrownBy(() -> Runs.run(request(output, GPTQ)))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("holds files that no run of Sinter wrote, such as thesis.tex");
    assertThat(output.resolve("thesis.tex")).hasContent("do not lose this");
  }

  @Test
  void refusesToWriteOntoTheModel() {
    OneshotRequest onto =
        Runs.request(
            TestData.tinyLlamaBf16(),
            TestData.tinyLlamaBf16(),
            GPTQ,
            Optional.of(TestData.calibration()));
    assertThatThrownBy(() -> Runs.run(onto))
        .isInstanceOf(RequestException.class)
        .hasMessageStartingWith("The output folder is the model's own");
  }

  @Test
  void ofADatafreeRunWhatSamplesAreRunByMakesNoOtherRun() throws IOException {
    Path output = temp.resolve("out");
    OneshotRequest first = request(output, Runs.recipe("QuantizationModifier", "scheme: W4A16"));
    Runs.run(first);
    Settings asked = first.settings();
    OneshotRequest other =
        new OneshotRequest(
            first.model(),
            first.output(),
            first.workspace(),
            first.recipe(),
            Optional.of(TestData.calibration()),
            new Settings(
                asked.output(),
                asked.slices() + 1,
                asked.batchSize() + 1,
                asked.threads(),
                asked.checkpointInterval(),
                Traversal.USUAL
                    .by(SequentialTargets.of("LlamaAttention"))
                    .with(dev.sinter.graph.ExpertCoverage.ALL),
                asked.strictness(),
                asked.leftovers()));

    assertThat(Runs.run(other).kind()).isEqualTo(Outcome.Kind.NOTHING_TO_DO);
  }
}
