/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.problem.RequestException;
import dev.sinter.testing.HubServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cache without a hub, and one that several fill at once. */
class HubCacheTest {
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

  private Path fetch(String revision, String... variables) throws IOException {
    return ModelFiles.fetch(
        new Hub(Hubs.settings(server, home, variables), told), Hubs.MODEL, revision);
  }

  private long fetchesOfTheShard() {
    return server.asked().stream().filter(text -> text.startsWith("storage")).count();
  }

  @Test
  void offlineTheCacheIsAllThereIs() throws IOException {
    Path folder = fetch("main");
    server.forget();

    assertThat(fetch("main", "HF_HUB_OFFLINE", "1")).isEqualTo(folder);
    assertThat(fetch(Hubs.COMMIT, "HF_HUB_OFFLINE", "1")).isEqualTo(folder);
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void aHubThatRefusesLeavesWhatTheCacheHas() throws IOException {
    Path folder = fetch("main");
    server.hubFails("revision/main", HubServer.status(401));

    assertThat(fetch("main")).isEqualTo(folder);
    assertThat(told.notices)
        .singleElement()
        .asString()
        .startsWith(server.endpoint() + " has no model org/name at main, or it is private")
        .endsWith(
            "Taken is model org/name at main, commit "
                + Hubs.COMMIT
                + ", as the cache has it; it may be older");
  }

  @Test
  void offlineWithoutCacheIsSaid() {
    assertThatThrownBy(() -> fetch("v2", "HF_HUB_OFFLINE", "1"))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "The hub's cache %s has no model org/name at v2, and HF_HUB_OFFLINE forbids to fetch it",
            home.resolve("hub"));
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void offlineAModelThatWasFetchedInPartIsSaid() throws IOException {
    Path folder = fetch("main");
    Files.delete(folder.resolve("model.safetensors"));

    assertThatThrownBy(() -> fetch("main", "HF_HUB_OFFLINE", "1"))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "model org/name at main, commit %s, as the cache has it is no checkpoint that Sinter reads: that has config.json and model.safetensors, or shards with model.safetensors.index.json. It has: chat_template.jinja, config.json, tokenizer.json",
            Hubs.COMMIT);
  }

  @Test
  void aRevisionIsRememberedOnlyWhenItsFilesAreThere() throws IOException {
    HubServer.Fault gone = HubServer.status(404);
    server.storageFails("model.safetensors", gone);
    assertThatThrownBy(() -> fetch("main")).isInstanceOf(RequestException.class);

    assertThatThrownBy(() -> fetch("main", "HF_HUB_OFFLINE", "1"))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("has no model org/name at main");
    assertThat(fetch("main").resolve("model.safetensors")).hasBinaryContent(Hubs.SHARD);
  }

  @Test
  void refsThatLeadElsewhereAreNotFollowed() throws IOException {
    Path refs = Files.createDirectories(home.resolve("hub/models--org--name/refs"));
    Files.createDirectories(home.resolve("hub/models--org--name/snapshots"));
    Files.writeString(refs.resolve("main"), "../blobs");
    Files.writeString(refs.resolve("up"), "..");

    assertThatThrownBy(() -> fetch("main", "HF_HUB_OFFLINE", "1"))
        .hasMessageContaining("has no model org/name at main");
    assertThatThrownBy(() -> fetch("up", "HF_HUB_OFFLINE", "1"))
        .hasMessage("The hub calls a commit \"..\", which is none");
  }

  @Test
  void aCacheThatCannotBeMadeIsSaid() throws IOException {
    Path file = Files.writeString(home.resolve("file"), "");
    assertThatThrownBy(() -> fetch("main", "HF_HUB_CACHE", file.toString()))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "The hub's cache %s cannot be written to (java.nio.file.FileSystemException: %s/models--org--name: Not a directory). Set HF_HOME, or HF_HUB_CACHE, to a folder that can",
            file, file);
  }

  @Test
  void aLinkThatIsMadeAgainIsNeverGone() throws Exception {
    Path shard = fetch("main").resolve("model.safetensors");
    HubCache cache = new HubCache(home.resolve("hub"));
    Listing listing = cache.listing(Hubs.MODEL, "main").orElseThrow();
    RemoteFile file =
        new RemoteFile(
            "model.safetensors", TensorWriter.sha256Hex(Hubs.SHARD), OptionalLong.empty());
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<?> linking =
          thread.submit(
              () -> {
                for (int i = 0; i < 300; i++) {
                  cache.link(listing, file);
                }
                return null;
              });
      while (!linking.isDone()) {
        assertThat(Files.isRegularFile(shard)).isTrue();
      }
      linking.get();
    } finally {
      thread.shutdownNow();
    }
    assertThat(cache.listing(Hubs.MODEL, "main").orElseThrow().files()).isEqualTo(listing.files());
    assertThat(shard).isSymbolicLink().hasBinaryContent(Hubs.SHARD);
  }

  @Test
  void threadsThatWantTheSameFetchItOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Path>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(() -> fetch("main"));
      }
      for (Future<Path> folder : threads.invokeAll(all)) {
        assertThat(folder.get().resolve("model.safetensors")).hasBinaryContent(Hubs.SHARD);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(fetchesOfTheShard()).isEqualTo(1);
  }

  /** What another process runs: fetches the model and prints where it is. */
  static final class Fetching {
    private Fetching() {}

    public static void main(String[] args) throws IOException {
      HubSettings settings = HubSettings.of(System.getenv());
      System.out.println(ModelFiles.fetch(new Hub(settings, new Hubs.Told()), Hubs.MODEL, "main"));
    }
  }

  private Process start() throws IOException {
    ProcessBuilder process = Hubs.process(Fetching.class);
    process.environment().put("HF_ENDPOINT", server.endpoint());
    process.environment().put("HF_HOME", home.toString());
    return process.start();
  }

  @Test
  void processesThatWantTheSameFetchItOnce() throws Exception {
    Process first = start();
    Process second = start();

    String folder = home.resolve("hub/models--org--name/snapshots").resolve(Hubs.COMMIT) + "\n";
    assertThat(first.getInputStream()).asString(StandardCharsets.UTF_8).isEqualTo(folder);
    assertThat(second.getInputStream()).asString(StandardCharsets.UTF_8).isEqualTo(folder);
    assertThat(first.waitFor() + second.waitFor()).isZero();
    assertThat(fetchesOfTheShard()).isEqualTo(1);
  }
}
