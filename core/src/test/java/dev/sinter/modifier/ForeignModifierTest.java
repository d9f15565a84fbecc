/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import dev.sinter.recipe.Recipes;
import dev.sinter.session.Session;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.ForeignJar;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TestData;
import dev.sinter.weight.CheckpointWeights;
import dev.sinter.weight.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A jar on the class path adds a method: the one of docs/extending.md. */
class ForeignModifierTest {
  private static final Map<String, Json> SETTINGS =
      Map.of(
          "scheme", Json.of("W8A16"),
          "ignore", Json.of(List.of("lm_head")),
          "part", Json.of(0.25));

  @TempDir private Path temp;

  private Path jar() throws IOException {
    return ForeignJar.of(Files.createDirectories(temp.resolve("one")), "foreign.methods");
  }

  @Test
  void pageShowsTheExampleThatIsTested() throws IOException {
    String source = Files.readString(ForeignJar.EXAMPLE);
    String shown = source.substring(source.indexOf("package "));

    assertThat(Path.of("../docs/extending.md"))
        .content()
        .contains("```java\n" + shown + "```")
        .contains("META-INF/services/" + ModifierFactory.class.getName());
    assertThat(shown.lines()).hasSizeLessThan(60);
  }

  @Test
  void jarOfTheThreadsClassPathAddsAMethod() throws IOException {
    assertThat(new ModifierRegistry().knows("DropModifier")).isFalse();
    ForeignJar.with(
        () -> {
          Modifier modifier = new ModifierRegistry().create("DropModifier", SETTINGS);
          assertThat(modifier.getClass().getPackageName()).isEqualTo("foreign.methods");
          assertThat(modifier.settings())
              .isEqualTo(
                  Json.object(
                      "targets",
                      List.of("Linear"),
                      "ignore",
                      List.of("lm_head"),
                      "scheme",
                      "W8A16",
                      "part",
                      0.25));
        },
        jar());
  }

  @Test
  void settingsOfAForeignMethodAreCheckedLikeAnyOthers() throws IOException {
    ForeignJar.with(
        () ->
            assertThatThrownBy(
                    () ->
                        Recipes.parse(
                            "r.yaml",
                            "modifiers: {DropModifier: {scheme: W8A16, part: 2, start: 3, end: 1,"
                                + " prat: 1}}"))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("part must be a number between 0 and 1, not 2")
                .hasMessageContaining("end is 1.0 and start 3.0, so that it would never begin")
                .hasMessageContaining("DropModifier has no setting \"prat\". Did you mean part?"),
        jar());
  }

  @Test
  void runCalibratesByAForeignMethod() throws IOException {
    Path output = temp.resolve("out");
    ForeignJar.with(
        () ->
            Runs.run(
                Runs.request(
                    TestData.tinyLlamaBf16(),
                    output,
                    Runs.recipe("DropModifier", "scheme: W8A16", "part: 0.25"),
                    Optional.of(TestData.calibration()))),
        jar());

    assertThat(zeros(output, "model.layers.1.mlp.down_proj")).isBetween(0.25, 0.30);
    assertThat(zeros(TestData.tinyLlamaBf16(), "model.layers.1.mlp.down_proj")).isLessThan(0.05);
  }

  /** Which part of a module's weights is zero. */
  private static double zeros(Path model, String module) throws IOException {
    FileStore store = FileStores.at(model.toString());
    WeightSource weight =
        CheckpointWeights.of(Checkpoint.open(store)).modules().get(module).weight();
    try (Scope scope = Scope.open();
        TensorReader reader = new TensorReader(store)) {
      float[] values = Tensors.floats(weight.rows(reader, 0, weight.rows()));
      int zeros = 0;
      for (float value : values) {
        zeros += value == 0 ? 1 : 0;
      }
      return zeros / (double) values.length;
    }
  }

  @Test
  void trainingCallsAForeignMethodByItsSchedule() throws IOException {
    try (Scope scope = Scope.open()) {
      Tensor weight_RC = Tensors.of(new float[] {1, -2, 3, -4}, 1, 4);
      ForeignJar.with(
          () -> {
            Modifier modifier =
                Recipes.parse(
                        "r.yaml",
                        "modifiers: {DropModifier: {scheme: W8A16, part: 0.25, start: 1, end: 4,"
                            + " update: 2}}")
                    .modifiers()
                    .get(0);
            Session session =
                new Session(State.ofTraining("model", List.of(modifier), Map.of("w", weight_RC)));
            session.initialize();
            train(session, 0);
            train(session, 1);
            assertThat(Tensors.floats(weight_RC)).containsExactly(1, -2, 3, -4);
            train(session, 2);
            assertThat(Tensors.floats(weight_RC)).containsExactly(0, -2, 3, -4);
            session.finish(List.of());
          },
          jar());
    }
  }

  private static void train(Session session, long step) {
    TrainingStep at = TrainingStep.of(step);
    session.update(new Event.BatchStart(at));
    session.update(new Event.OptimizerPostStep(at));
    session.update(new Event.BatchEnd(at));
  }

  @Test
  void twoMethodsOfOneNameAreRefused() throws IOException {
    Path folder = Files.createDirectories(temp.resolve("two"));
    Path other = ForeignJar.of(folder, "other");
    ForeignJar.with(
        () ->
            assertThatThrownBy(ModifierRegistry::new)
                .isInstanceOf(RequestException.class)
                .hasMessageStartingWith("Two methods on the class path have the name DropModifier:")
                .hasMessageContaining("foreign.methods.DropModifierFactory of file:")
                .hasMessageContaining("other.DropModifierFactory of file:")
                .hasMessageEndingWith("Leave one out"),
        jar(),
        other);
  }

  @Test
  void methodThatCannotBeLoadedIsTold() throws IOException {
    Path broken = Files.createDirectories(temp.resolve("broken"));
    Path service = broken.resolve("META-INF/services/" + ModifierFactory.class.getName());
    Files.createDirectories(service.getParent());
    Files.writeString(service, "gone.Factory\n");
    ForeignJar.with(
        () ->
            assertThatThrownBy(ModifierRegistry::new)
                .isInstanceOf(RequestException.class)
                .hasMessageStartingWith(
                    "A jar on the class path adds a method that cannot be loaded:")
                .hasMessageContaining("gone.Factory"),
        broken);
  }
}
