/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.hub.Hub;
import dev.sinter.hub.HubListener;
import dev.sinter.hub.HubSettings;
import dev.sinter.hub.Listing;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import dev.sinter.testing.HubServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Data sets of a hub, of which only what is asked for is fetched. No Spark is needed to find them.
 */
class HubDatasetsTest {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  private final HubServer server = new HubServer();
  private final List<String> told = new ArrayList<>();

  @TempDir private Path temp;

  @AfterEach
  void stop() {
    server.close();
  }

  /** Hears nothing. */
  private record Deaf() implements HubListener {
    @Override
    public void notice(String text) {}

    @Override
    public void fetching(Listing listing, int files, long bytes) {}

    @Override
    public void fetched(long bytes, long of) {}
  }

  private static JavaSparkContext noSpark() {
    throw new IllegalStateException("No Spark is started");
  }

  private Hub hub() {
    Map<String, String> environment =
        Map.of(
            "HF_ENDPOINT", server.endpoint(), "HF_HOME", temp.toString(), "no_proxy", "127.0.0.1");
    return new Hub(HubSettings.of(environment), new Deaf());
  }

  private void serve(String repository, String... files) {
    Map<String, byte[]> contents = new LinkedHashMap<>();
    for (String file : files) {
      contents.put(file, ("of " + file).getBytes(StandardCharsets.UTF_8));
    }
    server.put("datasets/" + repository, COMMIT, contents);
  }

  private RowSource open(String dataset, String config, String split) throws IOException {
    return new Datasets(HubDatasetsTest::noSpark, this::hub, told::add)
        .open(
            new DatasetRequest(
                dataset,
                Optional.empty(),
                Optional.of(config).filter(name -> !name.isEmpty()),
                Optional.empty(),
                Optional.of(split).filter(name -> !name.isEmpty()).map(Split::parse)))
        .rows();
  }

  private static Set<String> files(RowSource rows) throws IOException {
    return ((Json.Obj) rows.identity().members().get("files")).members().keySet();
  }

  @Test
  void fetchesTheSplitThatIsAskedForAlone() throws IOException {
    serve(
        "org/chats",
        "README.md",
        "data/train_sft-00000-of-00002.parquet",
        "data/train_sft-00001-of-00002.parquet",
        "data/test_sft-00000-of-00001.parquet");

    RowSource rows = open("org/chats", "", "test_sft");

    assertThat(files(rows)).containsExactly("data/test_sft-00000-of-00001.parquet");
    assertThat(rows.identity().members())
        .containsEntry("repository", Json.of("org/chats"))
        .extractingByKey("files")
        .hasToString(
            Json.object(
                    "data/test_sft-00000-of-00001.parquet",
                    Json.object("size", 39, "version", COMMIT))
                .toString());
    assertThat(server.asked())
        .noneMatch(request -> request.contains("train_sft"))
        .anyMatch(request -> request.contains("datasets/org/chats/resolve/" + COMMIT));
  }

  @Test
  void knowsSetsByName() throws IOException {
    serve(
        "openai/gsm8k",
        "main/train-00000-of-00001.parquet",
        "main/test-00000-of-00001.parquet",
        "socratic/train-00000-of-00001.parquet");
    serve(
        "HuggingFaceH4/ultrachat_200k",
        "data/train_sft-00000-of-00001.parquet",
        "data/train_gen-00000-of-00001.parquet");

    assertThat(files(open("gsm8k", "", ""))).containsExactly("main/train-00000-of-00001.parquet");
    assertThat(told)
        .containsExactly(
            "--dataset gsm8k is dataset openai/gsm8k at main, commit "
                + COMMIT
                + ", configuration main",
            "--dataset gsm8k: of its splits [test, train] train is taken");
    assertThat(files(open("gsm8k", "socratic", "train[:3]")))
        .containsExactly("socratic/train-00000-of-00001.parquet");
    assertThat(files(open("ultrachat", "", "train")))
        .containsExactly("data/train_sft-00000-of-00001.parquet");
  }

  @Test
  void heedsTheCard() throws IOException {
    serve("allenai/c4", "en/c4-train.00000-of-00002.json.gz", "en/c4-train.00001-of-00002.json.gz");
    Map<String, byte[]> files = new LinkedHashMap<>();
    String card =
        "---\nconfigs:\n- config_name: en\n  data_files:\n  - split: train\n    path: en/c4-train.*.json.gz\n  - split: validation\n    path: en/c4-validation.*.json.gz\n- config_name: de\n  data_files:\n  - split: train\n    path: multilingual/c4-de.*.json.gz\n---\n# C4";
    files.put("README.md", card.getBytes(StandardCharsets.UTF_8));
    for (String name :
        List.of(
            "en/c4-train.00000-of-00002.json.gz",
            "en/c4-train.00001-of-00002.json.gz",
            "en/c4-validation.00000-of-00001.json.gz",
            "multilingual/c4-de.tfrecord-00000.json.gz")) {
      files.put(name, name.getBytes(StandardCharsets.UTF_8));
    }
    server.put("datasets/allenai/c4", COMMIT, files);

    assertThat(files(open("c4", "", "validation")))
        .containsExactly("en/c4-validation.00000-of-00001.json.gz");
    assertThat(files(open("c4", "de", "")))
        .containsExactly("multilingual/c4-de.tfrecord-00000.json.gz");
    assertThat(files(open("hf://datasets/allenai/c4@main/en/c4-train.00001*", "", "")))
        .containsExactly("en/c4-train.00001-of-00002.json.gz");
    assertThatThrownBy(() -> open("allenai/c4", "fr", ""))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("has no configuration fr; it has [en, de]");
    assertThatThrownBy(() -> open("hf://datasets/allenai/c4/fr/*", "", ""))
        .isInstanceOf(RequestException.class)
        .hasMessageEndingWith("has no file fr/*");
    assertThatThrownBy(() -> open("hf://datasets/c4", "", ""))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("is no data set of a hub: that is hf://datasets/org/name");
  }

  @Test
  void runsNoScripts() {
    serve("org/script", "script.py", "README.md");
    assertThatThrownBy(() -> open("org/script", "", ""))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("is a script, and Sinter runs no code of data sets")
        .hasMessageContaining("--dataset-revision refs/convert/parquet");
  }

  @Test
  void saysAllThatWasTried() {
    assertThatThrownBy(() -> open("org/none", "", ""))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("--dataset org/none is no file or folder in ")
        .hasMessageContaining(server.endpoint() + " has no dataset org/none at main");
  }

  private void serveWithCard(String repository, String card, String... files) {
    Map<String, byte[]> contents = new LinkedHashMap<>();
    contents.put("README.md", card.getBytes(StandardCharsets.UTF_8));
    for (String file : files) {
      contents.put(file, file.getBytes(StandardCharsets.UTF_8));
    }
    server.put("datasets/" + repository, COMMIT, contents);
  }

  @Test
  void saysWhatIsFetchedWholeAndHowLessIs() throws IOException {
    serve("org/many", "data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet");

    assertThat(files(open("org/many", "", "train[:1%]"))).hasSize(2);
    assertThat(told)
        .containsExactly(
            "--dataset org/many takes all 2 files of its split, and fetches those that the cache lacks."
                + " To take fewer, name them: hf://datasets/org/many@main/data/train-00000-of-00002.parquet");
  }

  @Test
  void namedFilesHaveNeitherConfigurationsNorSplits() {
    serve("org/many", "data/train-0.parquet", "data/test-0.parquet");
    String test = "hf://datasets/org/many/data/test-0.parquet";

    assertThatThrownBy(() -> open(test, "en", "test"))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "--dataset %s names files, which have no configurations: --dataset-config-name en%n--dataset %s names files, which are the split train; --splits asks for test",
            test, test);
    assertThat(server.asked()).noneMatch(request -> request.contains("parquet"));
  }

  @Test
  void aRevisionIsNamedOnce() {
    DatasetRequest request =
        new DatasetRequest(
            "hf://datasets/org/many@v1",
            Optional.empty(),
            Optional.empty(),
            Optional.of("v2"),
            Optional.empty());

    assertThatThrownBy(
            () -> new Datasets(HubDatasetsTest::noSpark, this::hub, told::add).open(request))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "--dataset hf://datasets/org/many@v1 names a revision itself, and --dataset-revision v2 another; give one");
  }

  @Test
  void aCardThatTellsNoFilesIsSaid() throws IOException {
    serveWithCard(
        "org/two", "---\nconfigs:\n- config_name: en\n- config_name: de\n---\n", "en.parquet");
    assertThat(files(open("org/two", "de", ""))).containsExactly("en.parquet");

    serveWithCard("org/broken", "---\nconfigs: [\n---\n", "en.parquet");
    assertThat(files(open("org/broken", "", ""))).containsExactly("en.parquet");

    assertThat(told)
        .hasSize(2)
        .contains(
            "--dataset org/two: its card names no files for the configuration de, so those of all are taken");
    assertThat(told.get(1))
        .startsWith("README.md")
        .endsWith(". So the card tells nothing, and names of files tell configurations and splits");
  }
}
