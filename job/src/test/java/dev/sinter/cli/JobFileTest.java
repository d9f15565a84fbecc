/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flags from a file. */
class JobFileTest {
  private static final String MODEL = TestData.tinyLlamaBf16().toString();

  @TempDir private Path temp;

  private SinterRun run(String command, String text, String... more) throws IOException {
    Path file = Files.writeString(temp.resolve("job.yaml"), text);
    List<String> args = new ArrayList<>(List.of(command, "--config", file.toString()));
    args.addAll(Arrays.asList(more));
    return SinterRun.of(args.toArray(String[]::new));
  }

  private String where() {
    return "model: " + MODEL + "\noutput_dir: " + temp.resolve("out") + "\nmaster: local[1]\n";
  }

  private Json.Obj modifier() {
    Json node = TestData.json(temp.resolve("out/sinter.json")).members().get("recipe");
    for (String name : List.of("default_stage", "default_modifiers", "QuantizationModifier")) {
      node = ((Json.Obj) node).members().get(name);
    }
    return (Json.Obj) node;
  }

  @Test
  void givesEveryFlagByItsName() throws IOException {
    SinterRun run =
        run(
            "oneshot",
            where()
                + """
                scheme: W8A16
                ignore: [lm_head, 're:.*layers\\.[0-9]{1,2}\\.mlp.*']
                save-compressed: yes
                clean: true
                strict: no
                max_shard_size: 1MiB
                workspace:
                """);

    assertThat(run.code()).describedAs(run.err()).isZero();
    assertThat(modifier().members())
        .containsEntry("ignore", Json.of(List.of("lm_head", "re:.*layers\\.[0-9]{1,2}\\.mlp.*")))
        .containsEntry("scheme", Json.of("W8A16"));
  }

  @Test
  void theCommandLineGoesBeforeAndThatIsSaidOnce() throws IOException {
    SinterRun run =
        run(
            "oneshot",
            where() + "recipe: oneshot/w4a16-awq\ndtype: fp16\nignore: [a]\n",
            "--scheme",
            "W8A8",
            "--dtype=bf16");

    assertThat(run.err())
        .startsWith(
            "sinter: the command line goes before "
                + temp.resolve("job.yaml")
                + ", which has, too: --recipe, --dtype\n");
    assertThat(run.code()).describedAs(run.err()).isZero();
    assertThat(modifier().members()).containsEntry("scheme", Json.of("W8A8"));
  }

  @Test
  void changesMayBeAMapAndThoseOfTheCommandLineComeBehind() throws IOException {
    SinterRun run =
        run(
            "oneshot",
            where()
                + """
                recipe: {modifiers: {QuantizationModifier: {scheme: W4A16}}}
                set:
                  modifiers.QuantizationModifier.scheme: W8A16
                  modifiers.QuantizationModifier.ignore: [lm_head, '8']
                """,
            "--set",
            "modifiers.QuantizationModifier.scheme=W8A8");

    assertThat(run.code()).describedAs(run.err()).isZero();
    assertThat(modifier().members())
        .containsEntry("scheme", Json.of("W8A8"))
        .containsEntry("ignore", Json.of(List.of("lm_head", "8")));
  }

  @Test
  void namesOfThePeersAreUnderstoodAndArgsMayBeAMap() throws IOException {
    SinterRun run =
        run(
            "oneshot",
            where().replace("model:", "pyt_ckpt_path:").replace("output_dir", "export-path")
                + """
                recipe: 'modifiers: {QuantizationModifier: {scheme: eval(s), ignore: eval(i)}}'
                recipe_args: {s: W8A8, i: [lm_head]}
                """);

    assertThat(run.code()).describedAs(run.err()).isZero();
    assertThat(modifier().members()).containsEntry("scheme", Json.of("W8A8"));
  }

  @Test
  void servesDecompress() throws IOException {
    SinterRun run = run("decompress", where());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo("sinter: " + MODEL + " is dense already: none of its weights are in codes\n");
  }

  @Test
  void servesPlanWhichHasNoUseForWhatIsAboutARun() throws IOException {
    SinterRun run = run("plan", where() + "scheme: W8A8\nignore: lm_head\n", "--json");

    assertThat(run.err())
        .isEqualTo(
            "sinter: plan has no use for what "
                + temp.resolve("job.yaml")
                + " says of --output-dir, --master\n");
    assertThat(run.code()).isZero();
    assertThat(TestData.json(run.out().getBytes(StandardCharsets.UTF_8)).members()).isNotEmpty();
  }

  @Test
  void allThatIsWrongIsSaidWhereItStands() throws IOException {
    SinterRun run =
        run(
            "decompress",
            """
            modle: a
            clean: maybe
            dtype: [bf16]
            master: {a: b}
            output-dir: x
            output_dir: y
            config: z
            """);

    String file = temp.resolve("job.yaml").toString();
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            "sinter: FILE:1:1: decompress has no flag \"modle\". Did you mean model?\n    modle: a\n    ^\n"
                    .replace("FILE", file)
                + "sinter: FILE:2:8: --clean must be true or false, not \"maybe\"\n    clean: maybe\n           ^\n"
                    .replace("FILE", file)
                + "sinter: FILE:3:8: --dtype takes one value, not a list\n    dtype: [bf16]\n           ^\n"
                    .replace("FILE", file)
                + "sinter: FILE:4:9: --master must be a text or a number, not a map\n    master: {a: b}\n            ^\n"
                    .replace("FILE", file)
                + "sinter: FILE:6:1: --output-dir stands here already; keep one\n    output_dir: y\n    ^\n"
                    .replace("FILE", file)
                + "sinter: FILE:7:1: decompress has no flag \"config\". It has: model, model-revision, cache-dir, tokenizer, tie-word-embeddings, output-dir, max-shard-size, dtype, master, task-threads, device, workspace, clean\n    config: z\n    ^\n"
                    .replace("FILE", file));
  }

  @Test
  void aFileThatIsNoneIsSaid() throws IOException {
    assertThat(SinterRun.of("oneshot", "--config=/nowhere/job.yaml").err())
        .isEqualTo("sinter: --config /nowhere/job.yaml: there is no such file\n");
    assertThat(run("oneshot", "- a\n").err())
        .isEqualTo(
            "sinter: "
                + temp.resolve("job.yaml")
                + " must be one map of flags to values, such as {model: DIR, scheme: W4A16}\n");
    assertThat(run("oneshot", "model: a\n", "--config", "b").err())
        .isEqualTo("sinter: --config is given twice; put all flags into one file\n");
    assertThat(run("oneshot", "model: [a\n").err()).contains("job.yaml:1:8: not YAML: ");
  }
}
