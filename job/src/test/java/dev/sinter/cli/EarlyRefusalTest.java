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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that cannot be right are refused before Spark starts, and leave nothing behind. */
class EarlyRefusalTest {
  private static final String TEXT = "{\"text\": \"one two three\"}\n";
  private static final String CHAT =
      "{\"messages\": [{\"role\": \"user\", \"content\": \"hello\"}]}\n";

  @TempDir private Path temp;
  private ModelCopy model;
  private Path out;

  @BeforeEach
  void copy() throws IOException {
    model = ModelCopy.tiny(temp.resolve("model"));
    out = temp.resolve("out");
  }

  private String data(String name, String content) throws IOException {
    return Files.writeString(temp.resolve(name), content).toString();
  }

  private SinterRun oneshot(String dataset, String... more) {
    List<String> args = new ArrayList<>(List.of("oneshot", "--model=" + model.folder()));
    args.addAll(List.of("--recipe=oneshot/w4a16-gptq", "--master=local[1]"));
    args.add("--dataset=" + dataset);
    args.addAll(Arrays.asList(more));
    if (Arrays.stream(more).noneMatch(arg -> arg.startsWith("--output-dir"))) {
      args.add("--output-dir=" + out);
    }
    return SinterRun.of(args.toArray(String[]::new));
  }

  private void assertRefused(SinterRun run, String... problems) {
    StringBuilder said = new StringBuilder();
    List.of(problems).forEach(problem -> said.append("sinter: ").append(problem).append('\n'));
    assertThat(run.err()).isEqualTo(said.toString());
    assertThat(run.code()).isEqualTo(2);
    assertThat(out).doesNotExist();
  }

  @Test
  void aTokenizerThatWasCutShort() throws IOException {
    model.half("tokenizer.json");
    long bytes = Files.size(model.folder().resolve("tokenizer.json"));

    SinterRun run = oneshot(data("a.jsonl", TEXT));

    assertRefused(
        run,
        model.folder()
            + "/tokenizer.json is not JSON: Unexpected end-of-input within/between Array entries. It has "
            + bytes
            + " bytes; download it again if it should have more");
  }

  @Test
  void aModelWithoutTokenizer() throws IOException {
    model.without("tokenizer.json");

    SinterRun run = oneshot(data("a.csv", "text\none two\n"));

    assertThat(run.err())
        .startsWith(
            "sinter: " + model.folder() + " has no tokenizer.json, which text is tokenized");
    assertThat(run.code()).isEqualTo(2);
    assertThat(out).doesNotExist();
  }

  @Test
  void chatsForATokenizerWithoutTemplate() throws IOException {
    assertRefused(
        oneshot(data("a.jsonl", "\n" + CHAT)),
        model.folder()
            + " has no chat template, so chats cannot be tokenized: put one beside the tokenizer as chat_template.jinja, or take a data set of texts");
  }

  @Test
  void aTemplateThatCannotBeRead() throws IOException {
    model.file("chat_template.jinja", "{% for m in messages %}{{ m.content }");

    assertRefused(
        oneshot(data("a.jsonl", CHAT)),
        model.folder()
            + "/chat_template.jinja:1:37: Found }, which nothing opened\n"
            + "    {% for m in messages %}{{ m.content }\n"
            + " ".repeat(40)
            + "^");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n \n"})
  void dataWithoutRows(String content) throws IOException {
    String data = data("a.jsonl", content);

    assertRefused(oneshot(data), "--dataset " + data + " holds no rows");
  }

  @Test
  void aColumnThatIsNotThere() throws IOException {
    String data = data("a.tsv", "title\tbody\none\ttwo\n");

    assertRefused(
        oneshot(data, "--text-column=boddy"),
        "--dataset " + data + " has no column boddy; it has [title, body]. Did you mean body?");
  }

  @Test
  void aFirstLineThatIsNotJson() throws IOException {
    String data = data("a.jsonl", "\n{\"text\": \"one\n");

    assertRefused(
        oneshot(data),
        "--dataset "
            + data
            + ", file:"
            + data
            + ", line 2 is not JSON: Unexpected end-of-input: was expecting closing quote for a string value");
  }

  @Test
  void blocksLongerThanTheModelsPositions() throws IOException {
    assertRefused(
        oneshot(data("a.jsonl", TEXT), "--concatenate-data", "--max-seq-length=4096"),
        "Samples have 4096 tokens; the model has 2048 positions. Give --max-seq-length 2048 or less");
  }

  @Test
  void windowsLongerThanTheModelsPositions() throws IOException {
    SinterRun run =
        SinterRun.of(
            "eval",
            "--model=" + model.config("max_position_embeddings", Json.of(64)).folder(),
            "--dataset=" + data("a.jsonl", TEXT),
            "--max-seq-length=65");

    assertRefused(
        run,
        "Samples have 65 tokens; the model has 64 positions. Give --max-seq-length 64 or less");
  }

  @Test
  void foldersThatCannotBeWrittenTo() throws IOException {
    String file = data("file", "");

    assertRefused(
        oneshot(data("a.jsonl", TEXT), "--output-dir=" + file + "/out", "--workspace=" + file),
        "Nothing can be written to --output-dir: "
            + file
            + " is no folder. Name a folder that you may write to",
        "Nothing can be written to --workspace: "
            + file
            + " is no folder. Name a folder that you may write to");
  }

  @Test
  void aBrokenLineAmongOthersLeavesNothing() throws IOException {
    String data = data("a.jsonl", TEXT + TEXT + "{\"text\": \"one\n" + TEXT);

    SinterRun run = oneshot(data);

    assertThat(run.err())
        .endsWith(
            "line 3 is not JSON: Unexpected end-of-input: was expecting closing quote for a string value\n");
    assertThat(run.code()).isEqualTo(2);
    assertThat(out).doesNotExist();
  }

  @Test
  void whatWasReadIsTold() throws IOException {
    String data = data("a.jsonl", TEXT + "{\"text\": \"\"}\n" + TEXT + TEXT);

    SinterRun run = oneshot(data, "--max-seq-length=2", "--num-calibration-samples=3");

    assertThat(run.err()).contains("\nsinter: data: 4 rows read, 3 samples, 6 tokens\n");
    assertThat(TestData.json(out.resolve("sinter.json")).member("data"))
        .contains(Json.object("rows_read", 4, "samples", 3, "tokens", 6));
  }
}
