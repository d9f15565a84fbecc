/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.testing.HubServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is fetched of a model, whither, and who is told the token. */
class HubFetchTest {
  private static final String OTHER_COMMIT = "89abcdef0123456789abcdef0123456789abcdef";

  @TempDir private Path home;

  private final HubServer server = new HubServer();
  private final Hubs.Told told = new Hubs.Told();

  @BeforeEach
  void serve() {
    server.put("org/name", Hubs.COMMIT, Hubs.model());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Path fetch(String... variables) throws IOException {
    Hub hub = new Hub(Hubs.settings(server, home, variables), told);
    return ModelFiles.fetch(hub, Hubs.MODEL, "main");
  }

  private Set<String> names(Path folder) throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .filter(Files::isRegularFile)
          .forEach(file -> names.add(folder.relativize(file).toString()));
    }
    return names;
  }

  @Test
  void bringsWeightsAndWhatStandsBesideThemAndNothingElse() throws IOException {
    Path folder = fetch();

    assertThat(names(folder))
        .containsExactly(
            "chat_template.jinja", "config.json", "model.safetensors", "tokenizer.json");
    assertThat(folder.resolve("model.safetensors")).hasBinaryContent(Hubs.SHARD);
    assertThat(folder.resolve("config.json")).hasContent("{\"model_type\": \"llama\"}");
    assertThat(told.fetches)
        .containsExactly("4 files, 300039 bytes, of model org/name at main, commit " + Hubs.COMMIT);
    assertThat(told.progress).last().isEqualTo(300_039L);
    assertThat(told.notices).isEmpty();
  }

  @Test
  void laysTheCacheOutAsHuggingfaceHubDoes() throws IOException {
    Path folder = fetch();

    Path repository = home.resolve("hub/models--org--name");
    String sha256 = TensorWriter.sha256Hex(Hubs.SHARD);
    assertThat(folder).isEqualTo(repository.resolve("snapshots").resolve(Hubs.COMMIT));
    assertThat(repository.resolve("refs/main")).hasContent(Hubs.COMMIT);
    assertThat(Files.readSymbolicLink(folder.resolve("model.safetensors")))
        .hasToString("../../blobs/" + sha256);
    assertThat(repository.resolve("blobs").resolve(sha256)).hasBinaryContent(Hubs.SHARD);
    assertThat(names(repository.resolve("blobs"))).hasSize(4);
    assertThat(home.resolve("hub/.locks/models--org--name/" + sha256 + ".lock")).exists();
  }

  @Test
  void theTokenIsForTheHubAloneAndNotForWhereItSendsOn() throws IOException {
    fetch("HF_TOKEN", "hf_secret");

    assertThat(server.requests())
        .filteredOn(request -> request.port().equals("hub"))
        .isNotEmpty()
        .allMatch(r -> r.headers().getFirst("Authorization").equals("Bearer hf_secret"));
    assertThat(server.requests())
        .filteredOn(request -> request.port().equals("storage"))
        .hasSize(1)
        .noneMatch(request -> request.headers().toString().contains("hf_secret"));
  }

  @Test
  void asksOnceWhereTheCommitIsThere() throws IOException {
    Path first = fetch();
    server.forget();

    assertThat(fetch()).isEqualTo(first);
    assertThat(server.asked()).containsExactly("hub GET /api/models/org/name/revision/main");
    assertThat(told.fetches).hasSize(1);
  }

  @Test
  void ofANewCommitOnlyWhatHasChangedIsFetched() throws IOException {
    Path first = fetch();
    server.forget();
    Map<String, byte[]> changed = Hubs.model();
    changed.put("tokenizer.json", Hubs.bytes("{\"a\": 1}"));
    server.put("org/name", OTHER_COMMIT, changed);

    Path second = fetch();

    assertThat(second).isNotEqualTo(first).hasFileName(OTHER_COMMIT);
    assertThat(second.resolve("tokenizer.json")).hasContent("{\"a\": 1}");
    assertThat(second.resolve("model.safetensors")).hasBinaryContent(Hubs.SHARD);
    assertThat(first.resolve("tokenizer.json")).hasContent("{}");
    assertThat(server.asked().stream().filter(text -> text.contains(" GET ")))
        .containsExactly(
            "hub GET /api/models/org/name/revision/main",
            "hub GET /org/name/resolve/" + OTHER_COMMIT + "/tokenizer.json");
  }

  @Test
  void ofShardsThoseThatTheIndexNamesAreFetched() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("config.json", Hubs.bytes("{}"));
    files.put("model-1.safetensors", Hubs.bytes("one"));
    files.put("model-2.safetensors", Hubs.bytes("two"));
    files.put("model.fp16.safetensors", Hubs.bytes("other"));
    files.put(
        "model.safetensors.index.json",
        Hubs.bytes(
            "{\"weight_map\": {\"a\": \"model-1.safetensors\", \"b\": \"model-2.safetensors\"}}"));
    server.put("org/name", Hubs.COMMIT, files);

    assertThat(names(fetch()))
        .containsExactly(
            "config.json",
            "model-1.safetensors",
            "model-2.safetensors",
            "model.safetensors.index.json");
  }

  @Test
  void aCommitMayBeAskedForByItsHash() throws IOException {
    Hub hub = new Hub(Hubs.settings(server, home), told);

    assertThat(ModelFiles.fetch(hub, Hubs.MODEL, Hubs.COMMIT)).hasFileName(Hubs.COMMIT);
    assertThat(home.resolve("hub/models--org--name/refs")).doesNotExist();
    assertThat(told.fetches.get(0)).endsWith("of model org/name at commit " + Hubs.COMMIT);
  }

  @Test
  void datasetsAreFetchedFromTheirOwnPaths() throws IOException {
    server.put(
        "datasets/org/data",
        Hubs.COMMIT,
        Map.of(
            "README.md", Hubs.bytes("configs"),
            "data/train 0#1.parquet", Hubs.bytes("train"),
            "data/test.parquet", Hubs.bytes("test")));
    Hub hub = new Hub(Hubs.settings(server, home), told);
    RepositoryId id = new RepositoryId(RepositoryId.Kind.DATASET, "org/data");

    Listing listing = hub.list(id, "main");
    assertThat(hub.read(listing, "README.md")).asString().isEqualTo("configs");
    Path folder = hub.fetch(listing, file -> file.startsWith("data/train"));

    assertThat(folder)
        .isEqualTo(home.resolve("hub/datasets--org--data/snapshots").resolve(Hubs.COMMIT));
    assertThat(names(folder)).containsExactly("README.md", "data/train 0#1.parquet");
    assertThat(Files.readSymbolicLink(folder.resolve("data/train 0#1.parquet")).toString())
        .startsWith("../../../blobs/");
  }

  @Test
  void tokenizersAreFetchedWithoutWeights() throws IOException {
    Hub hub = new Hub(Hubs.settings(server, home), told);

    assertThat(names(ModelFiles.fetchSmall(hub, Hubs.MODEL, "main")))
        .isEqualTo(Set.of("chat_template.jinja", "config.json", "tokenizer.json"));
  }

  @Test
  void whatWasDownloadedBeforeIsReadFromAFolderThatCannotBeWrittenTo() throws IOException {
    Path folder = fetch();
    List<Path> folders;
    try (Stream<Path> all = Files.walk(home.resolve("hub"))) {
      folders = all.filter(Files::isDirectory).toList();
    }
    folders.forEach(each -> each.toFile().setWritable(false));
    try {
      assertThat(fetch()).isEqualTo(folder);
    } finally {
      folders.forEach(each -> each.toFile().setWritable(true));
    }
  }
}
