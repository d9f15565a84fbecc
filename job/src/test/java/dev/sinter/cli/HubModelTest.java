/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.testing.HubServer;
import dev.sinter.testing.TestData;
import dev.sinter.testing.spark.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands on models of a hub: one that is fetched, and one that the cache has. */
class HubModelTest {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  @TempDir private Path temp;

  private final HubServer server = new HubServer();

  @BeforeEach
  void serve() throws IOException {
    server.put("org/tiny", COMMIT, files(TestData.tinyLlamaBf16()));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static Map<String, byte[]> files(Path model) throws IOException {
    Map<String, byte[]> contents = new LinkedHashMap<>();
    try (Stream<Path> files = Files.list(model)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return contents;
  }

  /** The cache as it is once the model was fetched. */
  private String cached() throws IOException {
    Path repository = temp.resolve("hub/models--org--tiny");
    Path snapshot = Files.createDirectories(repository.resolve("snapshots").resolve(COMMIT));
    Path blobs = Files.createDirectories(repository.resolve("blobs"));
    int number = 0;
    for (Map.Entry<String, byte[]> file : files(TestData.tinyLlamaBf16()).entrySet()) {
      String blob = "b" + number++;
      Files.write(blobs.resolve(blob), file.getValue());
      Files.createSymbolicLink(snapshot.resolve(file.getKey()), Path.of("../../blobs", blob));
    }
    Files.createDirectories(repository.resolve("refs"));
    Files.writeString(repository.resolve("refs/main"), COMMIT);
    return temp.resolve("hub").toString();
  }

  /** In a process of its own, whose variables say where the hub is. */
  private SinterRun run(String... args) throws IOException, InterruptedException {
    ProcessBuilder process = Programs.command(Launcher.class.getName(), args);
    process.environment().put("HF_ENDPOINT", server.endpoint());
    process.environment().put("HF_HOME", temp.resolve("home").toString());
    process.environment().put("HF_TOKEN", "hf_secret");
    process.environment().put("HF_HUB_OFFLINE", "0");
    process.environment().put("no_proxy", "127.0.0.1");
    Path err = temp.resolve("err");
    Process started = process.redirectError(err.toFile()).start();
    String out = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new SinterRun(started.waitFor(), out, Files.readString(err));
  }

  @Test
  void aModelIsPlannedWithoutFetchingItsWeights() throws Exception {
    SinterRun run = run("plan", "--model=org/tiny", "--scheme=W8A16", "--ignore=lm_head");

    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("hf://org/tiny@" + COMMIT).contains("q_proj");
    assertThat(server.requests())
        .filteredOn(request -> request.path().endsWith("model.safetensors"))
        .filteredOn(request -> request.method().equals("GET"))
        .allMatch(r -> r.headers().getFirst("Range").equals("bytes=0-262143"));
    assertThat(temp.resolve("home/hub")).doesNotExist();
  }

  @Test
  void aModelThatIsWorkedOnIsFetched() throws Exception {
    SinterRun run = run("decompress", "--model=org/tiny", "--output-dir=" + temp.resolve("out"));

    Path folder = temp.resolve("home/hub/models--org--tiny/snapshots").resolve(COMMIT);
    assertThat(run.err())
        .contains("sinter: fetching 5 files, ")
        .contains(" of model org/tiny at main, commit " + COMMIT)
        .contains("sinter: " + folder + " is dense already")
        .doesNotContain("hf_secret");
    assertThat(run.code()).isEqualTo(2);
    assertThat(folder.resolve("model.safetensors"))
        .hasSameBinaryContentAs(TestData.tinyLlamaBf16().resolve("model.safetensors"));
  }

  @Test
  void aModelThatIsNowhereIsSaidWithAllThatWasTried() throws Exception {
    SinterRun run = run("inspect", "org/none");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains("sinter: There is no folder org/none in ")
        .contains(
            "sinter: "
                + server.endpoint()
                + " has no model org/none at main, or the account of the token of HF_TOKEN may not see it\n")
        .doesNotContain("hf_secret");
  }

  private SinterRun oneshot(String... more) throws IOException {
    List<String> args =
        new ArrayList<>(
            List.of(
                "oneshot",
                "--model=org/tiny",
                "--cache-dir=" + cached(),
                "--scheme=W8A16",
                "--ignore=lm_head",
                "--output-dir=" + temp.resolve("out")));
    args.addAll(Arrays.asList(more));
    return SinterRun.of(args.toArray(String[]::new));
  }

  @Test
  void offlineTheCachesModelIsCompressedAndItsCommitNoted() throws IOException {
    Path other = Files.createDirectories(temp.resolve("other"));
    Files.writeString(other.resolve("tokenizer.json"), "another");
    SinterRun run = oneshot("--master=local[1]", "--tokenizer=" + other);

    assertThat(run.code()).describedAs(run.err()).isZero();
    assertThat(temp.resolve("out/tokenizer.json")).hasContent("another");
    assertThat(temp.resolve("out/tokenizer_config.json")).doesNotExist();
    assertThat(TestData.json(temp.resolve("out/sinter.json")).members())
        .containsEntry("source", Json.object("repository", "org/tiny", "commit", COMMIT));
  }

  @Test
  void executorsElsewhereMustSeeTheCache() throws IOException {
    SinterRun run = oneshot("--master=spark://nowhere.invalid:7077", "--strict", "--ignore=x");

    assertThat(run.err())
        .startsWith(
            "sinter: executors on other machines must see "
                + temp.resolve("hub/models--org--tiny/snapshots").resolve(COMMIT)
                + ", too. If they do not, set HF_HOME to storage that all of them mount");
  }

  @Test
  void executorsElsewhereMustSeeWhatIsRunAndMeasured() throws IOException {
    String cache = "--cache-dir=" + cached();
    String elsewhere = "--master=spark://nowhere.invalid:7077";
    String said =
        "sinter: executors on other machines must see "
            + temp.resolve("hub/models--org--tiny/snapshots").resolve(COMMIT);
    String none = temp.resolve("none").toString();

    assertThat(
            SinterRun.of(
                    "run",
                    "--model=org/tiny",
                    cache,
                    elsewhere,
                    "--workspace=" + temp.resolve("work"),
                    "--input-ids=" + none,
                    "--output=" + temp.resolve("out"))
                .err())
        .startsWith(said);
    assertThat(
            SinterRun.of(
                    "eval",
                    "--model=org/tiny",
                    cache,
                    elsewhere,
                    "--workspace=" + temp.resolve("work"),
                    "--dataset=" + none)
                .err())
        .startsWith(said);
  }

  @Test
  void aRevisionOfAFolderIsSaidToBeNone() {
    SinterRun run =
        SinterRun.of("inspect", TestData.tinyLlamaBf16().toString(), "--revision", "v2");

    assertThat(run.err())
        .isEqualTo(
            "sinter: "
                + TestData.tinyLlamaBf16()
                + " is no model of a hub; --model-revision is not looked at\n");
    assertThat(run.code()).isZero();
  }

  @Test
  void aCheckpointIsInspectedByFlagToo() {
    String model = TestData.tinyLlamaBf16().toString();

    assertThat(SinterRun.of("inspect", "--model", model)).isEqualTo(SinterRun.of("inspect", model));
    assertThat(SinterRun.of("inspect").err()).contains("MODEL");
    assertThat(SinterRun.of("inspect").code()).isEqualTo(2);
  }
}
