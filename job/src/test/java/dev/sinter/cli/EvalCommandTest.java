/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.json.Json;
import dev.sinter.testing.GoldenQuality;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvalCommandTest {
  @TempDir private Path temp;

  private Path ids;

  @BeforeEach
  void writeTokens() throws IOException {
    ids = temp.resolve("ids.jsonl");
    List<String> lines = new ArrayList<>();
    for (int[] window : GoldenQuality.windows().samples()) {
      lines.add("{\"input_ids\": " + java.util.Arrays.toString(window) + "}");
    }
    Files.write(ids, lines);
  }

  private SinterRun eval(String... more) {
    List<String> args = new ArrayList<>(List.of("eval", "--dataset", ids.toString()));
    args.addAll(List.of("--max-seq-length", "256", "--json"));
    args.addAll(List.of(more));
    return SinterRun.of(args.toArray(String[]::new));
  }

  private static List<Json.Obj> models(SinterRun run) {
    assertThat(run.code()).as(run.err()).isZero();
    Json.Obj document = TestData.json(run.out().getBytes(StandardCharsets.UTF_8));
    return ((Json.Arr) document.members().get("models"))
        .items().stream().map(Json.Obj.class::cast).toList();
  }

  private static List<Json.Obj> figures(List<Json.Obj> models) {
    return models.stream().map(model -> model.without("forward_seconds")).toList();
  }

  private static double number(Json.Obj model, String name) {
    return ((Json.Num) model.members().get(name)).asDouble();
  }

  @Test
  void checkpointsAreMeasuredSideBySide() throws IOException {
    Path compressed = GoldenQuality.assemble("fp32", "KV_FP8", temp.resolve("KV_FP8"));

    List<Json.Obj> models =
        models(
            eval("--model", TestData.tinyLlamaFp32().toString(), "--model", compressed.toString()));

    assertThat(number(models.get(0), "perplexity")).isCloseTo(52.9951, within(0.001));
    assertThat(number(models.get(1), "perplexity")).isCloseTo(53.0359, within(0.005));
    assertThat(number(models.get(1), "kl_divergence")).isCloseTo(0.000423, within(0.00001));
  }

  @Test
  void figuresDoNotDependOnTheCluster() {
    String model = TestData.tinyLlamaBf16().toString();

    List<Json.Obj> one = models(eval("--model", model, "--master", "local[1]", "--windows", "9"));
    List<Json.Obj> two = models(eval("--model", model, "--master", "local[2]", "--windows", "9"));

    assertThat(figures(one)).isEqualTo(figures(two));
    assertThat(number(one.get(0), "predicted_tokens")).isEqualTo(9 * 255);
  }

  @Test
  void aTableIsPrintedForPeople() {
    SinterRun run =
        SinterRun.of(
            "eval",
            "--model",
            TestData.tinyLlamaBf16().toString(),
            "--dataset",
            ids.toString(),
            "--max-seq-length",
            "64",
            "--windows",
            "2");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out().lines().collect(Collectors.toList()))
        .satisfiesExactly(
            protocol -> assertThat(protocol).startsWith("windows of 64 tokens, the first 2,"),
            blank -> assertThat(blank).isEmpty(),
            head ->
                assertThat(head.strip().split(" {2,}"))
                    .containsExactly("perplexity", "KL divergence", "top-1", "model"),
            row -> assertThat(row).endsWith("tiny-llama-bf16 (bf16)"));
  }

  @Test
  void whatIsWrongIsSaidBeforeSparkStarts() throws IOException {
    Path unknown = Files.createDirectories(temp.resolve("unknown"));
    Files.writeString(unknown.resolve("config.json"), "{\"model_type\": \"mamba\"}");
    Files.copy(
        TestData.tinyLlamaBf16().resolve("model.safetensors"),
        unknown.resolve("model.safetensors"));

    SinterRun run = eval("--model", unknown.toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains("model_type \"mamba\" cannot be run by this version, only [llama, ")
        .contains("docs/adding-an-architecture.md says how to add one")
        .doesNotContain("starting Spark");
  }

  @Test
  void windowsBeyondTheModelsPositionsAreRefused() {
    SinterRun run =
        SinterRun.of(
            "eval",
            "--model",
            TestData.tinyLlamaBf16().toString(),
            "--dataset",
            ids.toString(),
            "--max-seq-length",
            "4096",
            "--windows",
            "1");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("Samples have 4096 tokens; the model has 2048 positions");
  }
}
