/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.architecture.Architectures;
import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.pipeline.Outcome;
import dev.sinter.problem.RequestException;
import dev.sinter.recipe.Recipes;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import dev.sinter.testing.Runs;
import dev.sinter.testing.SmallCheckpoint;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Families that are not known are compressed by the names of their tensors. */
class GuessedModulesTest {
  @TempDir private Path temp;

  private static Plan plan(Checkpoint checkpoint, String settings) {
    return Planner.plan(
        checkpoint,
        Recipes.parse("r.yaml", "modifiers: {QuantizationModifier: {" + settings + "}}"),
        OutputSettings.DEFAULT);
  }

  private static Json.Obj config(Plan plan) {
    return (Json.Obj) plan.outputConfig().members().get("quantization_config");
  }

  private static List<String> modules(Plan plan) {
    return plan.modules().stream().map(ModulePlan::module).toList();
  }

  @Test
  void classesAreGuessedAndTheGuessIsSaid() throws IOException {
    Checkpoint checkpoint =
        new SmallCheckpoint(Json.object("model_type", "mystery"))
            .with("model.embed_tokens.weight", DType.BF16, 32, 64)
            .with("blocks.0.attn.qkv.weight", DType.BF16, 192, 64)
            .with("blocks.0.attn.qkv.bias", DType.BF16, 192)
            .with("blocks.0.attn_norm.weight", DType.BF16, 64)
            .with("blocks.0.conv.weight", DType.BF16, 64, 1, 4)
            .with("blocks.0.moe.gate.weight", DType.BF16, 8, 64)
            .with("blocks.0.moe.router.weight", DType.BF16, 8, 64)
            .with("blocks.0.moe.experts.0.gate_proj.weight", DType.BF16, 128, 64)
            .with("blocks.0.position_ids", DType.I64, 1, 64)
            .in(temp);

    Plan plan = plan(checkpoint, "scheme: W4A16");

    assertThat(modules(plan))
        .containsExactlyInAnyOrder("blocks.0.attn.qkv", "blocks.0.moe.experts.0.gate_proj");
    assertThat(plan.graph()).isEmpty();
    assertThat(plan.notices())
        .containsExactly(
            "Module classes are guessed from names, since model_type \"mystery\" is not a known"
                + " family. Guessed: 1 Embedding, 3 Linear, 2 Router (Embedding: embed_tokens; Linear:"
                + " gate_proj, lm_head, qkv; Router: gate, router)",
            "lm_head has no weight of its own in the checkpoint (tied to another?) and stays as it is",
            "2 modules, such as blocks.0.attn.qkv, have fewer columns than a group: they get one short"
                + " group, which Transformers cannot load. Add them to ignore, or take a scheme"
                + " without groups",
            "1 tensors of two or more dimensions, such as blocks.0.conv.weight, are no weights of"
                + " modules that are known or meant, and stay as they are: 1% of the bytes");
    assertThat(config(plan).members().get("ignore"))
        .isEqualTo(Json.of(List.of("blocks.0.moe.gate", "blocks.0.moe.router", "lm_head")));
  }

  @Test
  void routersAreNeverTakenForLinear() throws IOException {
    Checkpoint checkpoint =
        new SmallCheckpoint(Json.object("model_type", "mystery"))
            .with("moe.gate.weight", DType.F32, 8, 64)
            .with("moe.w1.weight", DType.F32, 8, 64)
            .in(temp);

    assertThatThrownBy(() -> plan(checkpoint, "scheme: W8A8, targets: 're:.*'"))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "moe.gate: only modules of the classes Linear and Embedding are quantized, and its class"
                + " is Router. Add it to ignore, or make the target \"re:.*\" narrower");
  }

  @Test
  void transposedMatricesOfGpt2AreNeverTakenForLinear() throws IOException {
    Checkpoint checkpoint =
        new SmallCheckpoint(Json.object("model_type", "gpt2"))
            .with("wte.weight", DType.F32, 32, 64)
            .with("wpe.weight", DType.F32, 16, 64)
            .with("h.0.ln_1.weight", DType.F32, 64)
            .with("h.0.attn.c_attn.weight", DType.F32, 64, 192)
            .with("h.0.mlp.c_fc.weight", DType.F32, 64, 256)
            .with("lm_head.weight", DType.F32, 32, 64)
            .in(temp);

    Plan plan = plan(checkpoint, "scheme: W8A8");

    assertThat(modules(plan)).containsExactly("lm_head");
    assertThat(plan.notices()).isEmpty();
    Plan asked = plan(checkpoint, "scheme: W8A8, targets: Conv1D");
    assertThat(asked.modules())
        .flatExtracting(ModulePlan::outputs)
        .containsExactly(
            new TensorSpec("h.0.attn.c_attn.weight", DType.I8, Shape.of(192, 64)),
            new TensorSpec("h.0.attn.c_attn.weight_scale", DType.F32, Shape.of(192, 1)),
            new TensorSpec("h.0.mlp.c_fc.weight", DType.I8, Shape.of(256, 64)),
            new TensorSpec("h.0.mlp.c_fc.weight_scale", DType.F32, Shape.of(256, 1)));
    assertThat(asked.notices())
        .containsExactly(
            "2 modules of class Conv1D keep [inputs, outputs]; their codes are written as those of"
                + " linear modules, [outputs, inputs], which Transformers does not load");
  }

  @Test
  void namesTellTheClassesOfAKnownFamilyWithAConfigThatCannotBeRead() throws IOException {
    Json.Obj odd = SmallCheckpoint.LLAMA.with("hidden_act", Json.of("geglu"));
    Checkpoint checkpoint =
        new SmallCheckpoint(odd).with("model.q_proj.weight", DType.F32, 64, 64).in(temp);

    Plan plan = plan(checkpoint, "scheme: W8A8");

    assertThat(modules(plan)).containsExactly("model.q_proj");
    assertThat(plan.graph()).isEmpty();
    assertThat(plan.notices())
        .containsExactly(
            "lm_head has no weight of its own in the checkpoint (tied to another?) and stays as it is");
  }

  @Test
  void runOfAnUnknownFamilyGivesTheBytesOfAKnownOne() throws IOException {
    Path copy = Files.createDirectory(temp.resolve("mystery"));
    try (Stream<Path> files = Files.list(TestData.tinyLlamaFp32())) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    Json.Obj config = TestData.json(copy.resolve("config.json"));
    Files.writeString(
        copy.resolve("config.json"),
        JsonWriter.pretty(config.with("model_type", Json.of("mystery"))));

    Outcome outcome = Runs.datafree(copy, temp.resolve("guessed"), "W4A16");
    Runs.datafree(TestData.tinyLlamaFp32(), temp.resolve("known"), "W4A16");

    assertThat(outcome.notices())
        .singleElement()
        .asString()
        .startsWith("Module classes are guessed from names");
    var known = TestData.tensors(temp.resolve("known"));
    assertThat(TestData.tensors(temp.resolve("guessed"))).isEqualTo(known);
    for (var entry : known.values()) {
      assertThat(TestData.bytes(temp.resolve("guessed"), entry))
          .isEqualTo(TestData.bytes(temp.resolve("known"), entry));
    }
  }

  @Test
  void calibrationOfAnUnknownFamilyIsRefused() throws IOException {
    new SmallCheckpoint(Json.object("model_type", "mystery"))
        .with("a.q_proj.weight", DType.F32, 64, 64)
        .in(temp.resolve("model"));

    assertThatThrownBy(
            () ->
                Runs.run(
                    Runs.request(
                        temp.resolve("model"),
                        temp.resolve("out"),
                        Runs.recipe("GPTQModifier", "scheme: W4A16"),
                        Optional.of(TestData.calibration()))))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "The recipe needs calibration, and model_type \"mystery\" cannot be run by this"
                + " version, only "
                + Architectures.modelTypes()
                + "; docs/adding-an-architecture.md says how to add one. Schemes without calibration"
                + " work for any model: use QuantizationModifier");
  }
}
