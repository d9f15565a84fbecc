/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.testing.TestData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line as a user meets it: what it prints where, and its exit codes. */
class SinterTest {
  private static final String MODEL = TestData.tinyLlamaBf16().toString();
  private static final String DATA = TestData.demoData().resolve("calibration.jsonl").toString();

  @TempDir private Path temp;

  private record Result(int code, String out, String err) {}

  private static Result sinter(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Sinter.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            args);
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private Result oneshot(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "oneshot",
                "--model",
                MODEL,
                "--output-dir",
                temp.resolve("out").toString(),
                "--master",
                "local[2]"));
    args.addAll(Arrays.asList(more));
    return sinter(args.toArray(String[]::new));
  }

  @Test
  void quantizesByABuiltInRecipe() {
    Result result =
        oneshot(
            "--recipe", "oneshot/w4a16-gptq", "--dataset", DATA, "--num-calibration-samples", "32");
    assertThat(result.err())
        .contains("calibrate 2/2: model.layers.1")
        .contains("sinter: done: 3.0 MB -> 1.6 MB");
    assertThat(result.code()).isZero();
    Json.Obj report = TestData.json(result.out().getBytes(StandardCharsets.UTF_8));
    assertThat(report.members())
        .containsKeys("content_digest", "seconds")
        .containsEntry("status", Json.of("done"));
    assertThat(temp.resolve("out/_SUCCESS")).exists();
    assertThat(temp.resolve("out/tokenizer.json"))
        .hasSameBinaryContentAs(Path.of(MODEL, "tokenizer.json"));
  }

  @Test
  void calibratesByOtherTargetsThanLayers() {
    Result result =
        oneshot(
            "--recipe=oneshot/w4a16-gptq",
            "--dataset=" + DATA,
            "--num-calibration-samples=4",
            "--sequential_targets=LlamaAttention,re:.*layers\\.\\d{1,2}\\.mlp$");
    assertThat(result.err()).contains("calibrate 4/4: model.layers.1.mlp");
    assertThat(result.code()).isZero();
  }

  @Test
  void sequentialTargetsMustMeanSomething() {
    Result result =
        oneshot(
            "--recipe=oneshot/w4a16-gptq",
            "--dataset=" + DATA,
            "--sequential-targets=LlamaAtention");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains(
            "sinter: The sequential target \"LlamaAtention\" means no module of the model. Did you mean LlamaAttention?");
    assertThat(oneshot("--recipe=oneshot/w4a16-gptq", "--sequential-targets-per-subgraph=0").err())
        .contains(
            "--sequential-targets-per-subgraph must be a positive whole number up to 2147483647, not 0");
  }

  @Test
  void runsARecipeFileOfThePeersTwiceAndHasNothingToDoTheSecondTime() throws IOException {
    Path recipe = temp.resolve("recipe.yaml");
    Files.writeString(
        recipe,
        "quant_stage:\n  quant_modifiers:\n    QuantizationModifier: {scheme: W8A8, ignore: [lm_head]}\n");
    assertThat(oneshot("--recipe", recipe.toString()).code()).isZero();
    Result again = oneshot("--recipe", recipe.toString());
    assertThat(again.code()).isZero();
    assertThat(again.err()).contains("nothing to do, the result is there");
  }

  @Test
  void readsBackTheRecipeThatItWrote() {
    assertThat(oneshot("--scheme", "fp8_dynamic", "--ignore", "lm_head").code()).isZero();
    Result again = oneshot("--recipe", temp.resolve("out/recipe.yaml").toString());
    assertThat(again.err()).contains("nothing to do");
    assertThat(again.code()).isZero();
  }

  @Test
  void takesFlagsWithUnderscores() {
    Result result =
        sinter(
            "oneshot",
            "--model",
            MODEL,
            "--output_dir=" + temp.resolve("out"),
            "--scheme=W8A16",
            "--ignore=lm_head",
            "--master=local[1]");
    assertThat(result.code()).isZero();
  }

  @Test
  void namesTheNearestArgument() {
    Result result = oneshot("--recpie", "oneshot/w4a16");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains("sinter: there is no argument --recpie. Did you mean --recipe?");
  }

  @Test
  void saysWhatIsMissing() {
    Result result = sinter("oneshot", "--model", MODEL);
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("Missing required option: '--output-dir=DIR'");
  }

  @Test
  void saysAllProblemsOfTheNumbersAtOnce() {
    Result result = oneshot("--batch-size", "0", "--slices", "-1");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains("--batch-size must be a positive whole number up to 2147483647, not 0\n")
        .contains("--slices must be a positive whole number up to 2147483647, not -1\n")
        .contains("Say what to do: give --recipe");
  }

  @Test
  void saysAllProblemsOfArgumentsAtOnceAndEachOnce() {
    Result result =
        oneshot(
            "--recipe=oneshot/w4a16-gptq",
            "--num-calibration-samples=0",
            "--max-seq-length=99999999999",
            "--seed=many",
            "--slices=few",
            "--task-threads=0",
            "--shuffle-calibration-samples=perhaps",
            "--dtype=bf61",
            "--max-shard-size=5XB",
            "--pipeline=sequentail");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err().lines())
        .containsExactlyInAnyOrder(
            "sinter: --num-calibration-samples must be a positive whole number up to 2147483647, not 0",
            "sinter: --max-seq-length must be a positive whole number up to 2147483647, not 99999999999",
            "sinter: --seed must be a whole number from 0 to 2147483647, not many",
            "sinter: --slices must be a positive whole number up to 2147483647, not few",
            "sinter: --task-threads must be a positive whole number up to 2147483647, not 0",
            "sinter: --shuffle-calibration-samples must be true or false, not perhaps",
            "sinter: --dtype must be one of auto, bf16, fp16, fp32, not bf61",
            "sinter: --max-shard-size must be a size, such as 5GB or 512MiB, not 5XB",
            "sinter: --pipeline must be one of sequential, layer_sequential, basic, independent, datafree, not sequentail. Did you mean sequential?",
            "Try: sinter oneshot --help");
  }

  @Test
  void asksForDataBeforeAnyWork() {
    Result result = oneshot("--recipe", "oneshot/w4a16-gptq");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains(
            "The recipe calibrates (GPTQModifier by target Linear) and no data is given. Give --dataset");
    assertThat(temp.resolve("out")).doesNotExist();
  }

  @Test
  void refusesAModelThatIsNotThere() {
    Result result =
        sinter(
            "oneshot",
            "--model",
            "/nowhere",
            "--scheme",
            "W8A8",
            "--output-dir",
            temp.resolve("out").toString());
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("There is no checkpoint at /nowhere");
  }

  @Test
  void refusesAnUnknownSchemeWithTheNearest() {
    Result result = oneshot("--scheme", "W4A61");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("There is no scheme \"W4A61\". Did you mean W4A16?");
  }

  @Test
  void makesNoticesErrorsWhenStrict() {
    Result result = oneshot("--scheme", "W8A8", "--ignore", "lm_heda", "--strict");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains(
            "--strict: QuantizationModifier: the ignore \"lm_heda\" matches no module. Did you mean lm_head?");
  }

  @Test
  void inspectSaysTypesAndPlaces() {
    Result text = sinter("inspect", MODEL);
    assertThat(text.out())
        .contains("family   llama")
        .contains("BF16")
        .contains("model.layers.0.self_attn.q_proj  (dense BF16)");
    Result json = sinter("inspect", MODEL, "--json");
    Json.Obj parsed = TestData.json(json.out().getBytes(StandardCharsets.UTF_8));
    assertThat(((Json.Obj) parsed.members().get("tensors")).members()).hasSize(21);
    assertThat(json.code()).isZero();
  }

  @Test
  void doctorFindsEverything() {
    Result result = sinter("doctor", "--master", "local[1]");
    assertThat(result.out()).contains("PyTorch").contains("spark").contains("All of it works.");
    assertThat(result.code()).isZero();
  }

  @Test
  void helpNamesEveryFlagOfThePeers() {
    assertThat(sinter("oneshot", "--help").out())
        .contains(
            "--model",
            "--recipe",
            "--scheme",
            "--targets",
            "--ignore",
            "--dataset",
            "--num-calibration-samples")
        .contains(
            "--max-seq-length",
            "--no-shuffle-calibration-samples",
            "--seed",
            "--output-dir",
            "--pipeline",
            "--strict");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plan", "eval"})
  void helpShowsAnExample(String command) {
    assertThat(sinter(command, "--help").out())
        .contains("\nExample: sinter " + command + " --model DIR ");
  }

  @Test
  void aMissingCommandIsAnError() {
    assertThat(sinter().code()).isEqualTo(2);
  }
}
