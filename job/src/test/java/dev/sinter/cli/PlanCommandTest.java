/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.testing.ModelCopy;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What plan says of a model that oneshot would refuse. */
class PlanCommandTest {
  private static final String GPTQ = "--recipe=oneshot/w4a16-gptq";

  @TempDir private Path temp;

  private static SinterRun plan(Path model, String... more) {
    List<String> args = new ArrayList<>(List.of("plan", "--model=" + model));
    args.addAll(Arrays.asList(more));
    return SinterRun.of(args.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hidden_act           | swooosh | config.json: hidden_act must be one of [gelu, gelu_fast, gelu_new, gelu_pytorch_tanh, quick_gelu, relu, relu2, silu, swish], not \"swooosh\"",
        "num_attention_heads  | eight   | config.json: num_attention_heads must be a positive whole number up to 2147483647, not \"eight\"",
        "model_type           | lama    | The recipe needs calibration, and model_type \"lama\" cannot be run by this version"
      })
  void aConfigThatCannotBeRunIsAWarning(String name, String value, String refusal)
      throws IOException {
    Path model = ModelCopy.tiny(temp.resolve("model")).config(name, Json.of(value)).folder();

    SinterRun run = plan(model, GPTQ);

    assertThat(run.out()).contains("\n  warnings\n", "    - oneshot refuses this: " + refusal);
    assertThat(run.code()).isZero();
  }

  @Test
  void attentionModulesThatRoundQueriesAreShown() throws IOException {
    Path recipe = temp.resolve("r.yaml");
    Files.writeString(
        recipe,
        "modifiers: {QuantizationModifier: {config_groups: {a: {targets: [LlamaAttention],"
            + " input_activations: {num_bits: 8, type: float, strategy: attn_head}}}}}");

    SinterRun run = plan(TestData.tinyLlamaBf16(), "--recipe=" + recipe);

    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("  kv cache   float8 by attn_head, static\n")
        .contains(
            "  attention  float8 by attn_head, static: queries, keys and values of 2 modules\n");
  }

  @Test
  void errorsThatAreAndAreNotPropagatedAreRefused() {
    SinterRun run =
        plan(
            TestData.tinyLlamaBf16(),
            GPTQ,
            "--propagate-error=false",
            "--propagate-activation-error");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains(
            "--propagate-activation-error true and --propagate-error false contradict each other:"
                + " the first means all errors, the second none. Leave one of them out");
  }

  @Test
  void tensorsOfTheWrongShapeAreErrorsWhenStrict() throws IOException {
    Path model =
        ModelCopy.tiny(temp.resolve("model"))
            .config("num_hidden_layers", Json.of(1))
            .config("intermediate_size", Json.of(448))
            .folder();

    SinterRun run = plan(model, GPTQ, "--strict");

    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .contains(
            """
            sinter: --strict: oneshot refuses this: The tensor model.layers.0.mlp.gate_proj.weight has the shape [384, 256]; config.json asks for [448, 256]
            sinter: --strict: oneshot refuses this: The tensor model.layers.0.mlp.up_proj.weight has the shape [384, 256]; config.json asks for [448, 256]
            sinter: --strict: oneshot refuses this: The tensor model.layers.0.mlp.down_proj.weight has the shape [256, 384]; config.json asks for [256, 448]
            """);
    assertThat(run.code()).isEqualTo(2);
  }

  @Test
  void tensorsThatAreMissingAreWarningsForPrograms() throws IOException {
    Path model =
        ModelCopy.tiny(temp.resolve("model")).config("num_hidden_layers", Json.of(3)).folder();

    assertThat(plan(model, GPTQ, "--json").out())
        .contains(
            "\"oneshot refuses this: The checkpoint lacks the tensor model.layers.2.input_layernorm.weight [256] that its config asks for\"");
  }

  @Test
  void whatIsNotCalibratedNeedsNoModelThatRuns() throws IOException {
    Path model =
        ModelCopy.tiny(temp.resolve("model")).config("hidden_act", Json.of("swooosh")).folder();

    assertThat(plan(model, "--scheme=W8A16", "--ignore=lm_head").out()).doesNotContain("refuses");
  }
}
