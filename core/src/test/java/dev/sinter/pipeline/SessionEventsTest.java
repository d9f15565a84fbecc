/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.modifier.Event;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.ModuleResult;
import dev.sinter.modifier.State;
import dev.sinter.problem.RequestException;
import dev.sinter.recipe.Recipe;
import dev.sinter.recipe.Recipes;
import dev.sinter.session.ModifierException;
import dev.sinter.session.ProgressListener;
import dev.sinter.testing.FaultyStores;
import dev.sinter.testing.RecordingModifier;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs tell their modifiers what they do. */
class SessionEventsTest {
  private static final Recipe GPTQ = Runs.recipe("GPTQModifier", "scheme: W4A16");
  private static final Recipe PLAIN = Runs.recipe("QuantizationModifier", "scheme: W4A16");

  private static final Recipe SMOOTHED =
      Recipes.parse(
          "test.yaml",
          "modifiers: [{SmoothQuantModifier: {}}, {GPTQModifier: {scheme: W8A8, ignore:"
              + " [lm_head]}}]");

  /** The modules of a layer, in the order in which the inputs of a layer come. */
  private static final List<String> MODULES =
      List.of(
          "self_attn.q_proj",
          "self_attn.k_proj",
          "self_attn.v_proj",
          "self_attn.o_proj",
          "mlp.gate_proj",
          "mlp.up_proj",
          "mlp.down_proj");

  @TempDir private Path temp;

  @AfterEach
  void heal() {
    FaultyStores.heal();
  }

  private OneshotRequest request(String output, Modifier... modifiers) {
    Recipe recipe = Recipe.of(modifiers);
    OneshotRequest request =
        Runs.request(
            TestData.tinyLlamaBf16(),
            temp.resolve(output),
            recipe,
            recipe.needsCalibration() ? Optional.of(TestData.calibration()) : Optional.empty());
    Path folder = temp.resolve(output);
    return new OneshotRequest(
        request.model(),
        FaultyStores.at(folder),
        FaultyStores.at(folder.resolve(".sinter")),
        recipe,
        request.samples(),
        request.settings());
  }

  private static List<String> modules(List<ModuleResult> results) {
    return results.stream().map(ModuleResult::module).toList();
  }

  private static List<String> modulesOf(int layer) {
    return MODULES.stream().map(name -> "model.layers." + layer + "." + name).toList();
  }

  @Test
  void calibratedRunTellsOfEverySubgraph() throws IOException {
    RecordingModifier modifier = new RecordingModifier(GPTQ.modifiers().get(0));
    Runs.run(request("out", modifier));

    assertThat(modifier.calls())
        .containsExactly(
            "initialize",
            "calibration start",
            "end of model.layers.0 in pass 0",
            "end of model.layers.1 in pass 0",
            "calibration end",
            "finalize");
    Event.SubgraphEnd second = (Event.SubgraphEnd) modifier.events().get(3);
    assertThat(modules(second.solved())).isEqualTo(modulesOf(1));
    assertThat(second.smoothed()).isEmpty();
    assertThat(second.solved())
        .allSatisfy(solved -> assertThat(solved.figures().get("loss")).isPositive());
    State last = modifier.lastState();
    assertThat(modules(last.results())).startsWith(modulesOf(0).toArray(new String[0]));
    assertThat(last.results()).hasSize(14);
    assertThat(last.modules()).hasSize(14);
    assertThat(last.modules())
        .allSatisfy(
            module -> {
              assertThat(module.scheme().name()).isEqualTo("W4A16");
              assertThat(module.decidedBy()).isEqualTo("GPTQModifier by target Linear");
            });
    assertThat(last.model()).isEqualTo(TestData.tinyLlamaBf16().toString());
  }

  @Test
  void everyPassTellsWhatItDid() throws IOException {
    RecordingModifier smoothing = new RecordingModifier(SMOOTHED.modifiers().get(0));
    RecordingModifier solving = new RecordingModifier(SMOOTHED.modifiers().get(1));
    OneshotRequest request = request("out", smoothing, solving);
    Runs.run(
        request.withSettings(
            request.settings().withTraversal(Traversal.USUAL.with(Pipeline.INDEPENDENT))));

    assertThat(smoothing.calls()).isEqualTo(solving.calls());
    assertThat(solving.calls())
        .containsExactly(
            "initialize",
            "calibration start",
            "end of model.layers.0 in pass 0",
            "end of model.layers.1 in pass 0",
            "end of model.layers.0 in pass 1",
            "end of model.layers.1 in pass 1",
            "calibration end",
            "finalize");
    Event.SubgraphEnd first = (Event.SubgraphEnd) solving.events().get(2);
    assertThat(modules(first.smoothed()))
        .containsExactly(
            "model.layers.0.input_layernorm", "model.layers.0.post_attention_layernorm");
    assertThat(first.solved()).isEmpty();
    assertThat(solving.lastState().results()).hasSize(14);
  }

  @Test
  void datafreeRunTellsOfItsBeginningAndItsEnd() throws IOException {
    RecordingModifier modifier = new RecordingModifier(PLAIN.modifiers().get(0));
    Runs.run(request("out", modifier));

    assertThat(modifier.calls()).containsExactly("initialize", "finalize");
    assertThat(modules(modifier.lastState().results()))
        .containsExactlyInAnyOrderElementsOf(
            modifier.lastState().modules().stream().map(State.Planned::module).toList());
  }

  @Test
  void finishedRunTellsNothing() throws IOException {
    Runs.run(request("out", GPTQ.modifiers().get(0)));
    RecordingModifier modifier = new RecordingModifier(GPTQ.modifiers().get(0));
    Runs.run(request("out", modifier));

    assertThat(modifier.events()).isEmpty();
  }

  /**
   * Whatever an earlier run did, hooks are called as if it had done nothing: when it died in the
   * first layer, in the second, behind saved activations, and while shards were written.
   */
  @Test
  void runThatGoesOnTellsTheSame() throws IOException {
    RecordingModifier undisturbed = new RecordingModifier(GPTQ.modifiers().get(0));
    Runs.run(request("undisturbed", undisturbed));
    for (int commits : new int[] {24, 50, 55}) {
      OneshotRequest died = request("crash-" + commits, GPTQ.modifiers().get(0));
      FaultyStores.crashAfter(commits);
      assertThatThrownBy(() -> Runs.run(savingEveryLayer(died)))
          .isInstanceOf(FaultyStores.Crash.class);
      FaultyStores.heal();
      RecordingModifier resumed = new RecordingModifier(GPTQ.modifiers().get(0));
      Runs.run(savingEveryLayer(request("crash-" + commits, resumed)));
      assertThat(resumed.calls()).as("%s commits", commits).isEqualTo(undisturbed.calls());
      assertThat(resumed.lastState().results())
          .as("%s commits", commits)
          .isEqualTo(undisturbed.lastState().results());
    }
  }

  private static OneshotRequest savingEveryLayer(OneshotRequest request) {
    OneshotRequest.Settings usual = request.settings();
    return request.withSettings(
        new OneshotRequest.Settings(
            usual.output(),
            usual.slices(),
            usual.batchSize(),
            usual.threads(),
            1,
            usual.traversal(),
            usual.strictness(),
            usual.leftovers()));
  }

  @Test
  void whatAModifierRefusesIsRefusedBeforeAnEngineStarts() {
    Modifier refusing =
        new RecordingModifier(GPTQ.modifiers().get(0)) {
          @Override
          public void onInitialize(State state) {
            throw new RequestException("no model of " + state.modules().size() + " modules");
          }
        };

    assertThatThrownBy(
            () ->
                Oneshot.run(
                    request("out", refusing),
                    () -> {
                      throw new AssertionError("An engine is started");
                    },
                    ProgressListener.none()))
        .isInstanceOf(RequestException.class)
        .hasMessage("GPTQModifier, at initialize: no model of 14 modules");
    assertThat(temp.resolve("out")).doesNotExist();
  }

  /** What was committed is kept, and no model appears. */
  @Test
  void failureOfAModifierStopsTheRunWhichGoesOnBehindIt() throws IOException {
    Modifier failing =
        new RecordingModifier(GPTQ.modifiers().get(0)) {
          @Override
          public void onFinalize(State state) {
            throw new IllegalStateException("one layer lost too much");
          }
        };
    assertThatThrownBy(() -> Runs.run(request("out", failing)))
        .isInstanceOf(ModifierException.class)
        .hasMessageContaining("GPTQModifier failed at finalize")
        .hasMessageContaining("one layer lost too much");
    assertThat(temp.resolve("out").resolve("config.json")).doesNotExist();

    String expected = Runs.run(request("undisturbed", GPTQ.modifiers().get(0))).contentDigest();
    assertThat(Runs.run(request("out", GPTQ.modifiers().get(0))).contentDigest())
        .isEqualTo(expected);
  }
}
