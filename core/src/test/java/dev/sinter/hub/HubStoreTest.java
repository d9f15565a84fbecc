/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.RangeReader;
import dev.sinter.json.Json;
import dev.sinter.tensor.DType;
import dev.sinter.testing.FilledCheckpoint;
import dev.sinter.testing.HubServer;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A look at a model of a hub without fetching it. */
class HubStoreTest {
  @TempDir private Path temp;

  private final HubServer server = new HubServer();
  private final Hubs.Told told = new Hubs.Told();

  @AfterEach
  void stop() {
    server.close();
  }

  private FileStore look() throws IOException {
    Hub hub = new Hub(Hubs.settings(server, temp.resolve("home")), told);
    return ModelFiles.look(hub, Hubs.MODEL, "main");
  }

  private Checkpoint serveACheckpoint() throws IOException {
    Checkpoint local =
        new FilledCheckpoint(Json.object("model_type", "qwen2"))
            .random("a.weight", DType.BF16, 512, 1024)
            .random("b.weight", DType.F32, 512, 1024)
            .in(temp.resolve("model"));
    Function<String, byte[]> content =
        name -> {
          try {
            return Files.readAllBytes(temp.resolve("model").resolve(name));
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        };
    server.put(
        "org/name",
        Hubs.COMMIT,
        Map.of(
            "config.json", content.apply("config.json"),
            "model.safetensors", content.apply("model.safetensors"),
            "additional_chat_templates/tool.jinja", Hubs.bytes("{{ tool }}")));
    return local;
  }

  @Test
  void headersAreReadWithoutTheWeights() throws IOException {
    Checkpoint local = serveACheckpoint();

    Checkpoint remote = Checkpoint.open(look());

    assertThat(remote.tensors()).isEqualTo(local.tensors());
    assertThat(remote.config()).isEqualTo(local.config());
    assertThat(remote.store().location()).isEqualTo("hf://org/name@" + Hubs.COMMIT);
    assertThat(
            server.requests().stream()
                .filter(request -> request.port().equals("storage"))
                .map(request -> request.headers().getFirst("Range")))
        .containsExactly("bytes=0-262143");
    assertThat(temp.resolve("home")).doesNotExist();
    assertThat(told.fetches).isEmpty();
  }

  @Test
  void whatIsHereIsReadHere() throws IOException {
    serveACheckpoint();
    Hub hub = new Hub(Hubs.settings(server, temp.resolve("home")), told);
    Path folder = ModelFiles.fetch(hub, Hubs.MODEL, "main");

    assertThat(look().location()).isEqualTo(folder.toString());
  }

  @Test
  void bytesAreThoseOfTheFileWhereverTheyAreRead() throws IOException {
    server.put("org/name", Hubs.COMMIT, Hubs.model());
    FileStore store = look();

    try (RangeReader reader = store.open("model.safetensors")) {
      assertThat(reader.size()).isEqualTo(Hubs.SHARD.length);
      for (int position : new int[] {0, 8, 262_140, 299_000, 5}) {
        byte[] bytes = new byte[1000];
        reader.readFully(position, ByteBuffer.wrap(bytes));
        assertThat(bytes).isEqualTo(Arrays.copyOfRange(Hubs.SHARD, position, position + 1000));
      }
      assertThatThrownBy(() -> reader.readFully(299_001, ByteBuffer.allocate(1000)))
          .isInstanceOf(EOFException.class)
          .hasMessage(
              "model.safetensors of model org/name at main, commit %s ends at byte 300000",
              Hubs.COMMIT);
    }
  }

  @Test
  void aStorageThatKnowsNoRangesIsReadToWhereItIsNeeded() throws IOException {
    server.put("org/name", Hubs.COMMIT, Hubs.model());
    FileStore store = look();
    server.storageFails(
        "model.safetensors",
        (exchange, content) -> {
          exchange.sendResponseHeaders(200, content.length);
          exchange.getResponseBody().write(content);
        });

    byte[] bytes = new byte[10];
    try (RangeReader reader = store.open("model.safetensors")) {
      reader.readFully(1000, ByteBuffer.wrap(bytes));
    }
    assertThat(bytes).isEqualTo(Arrays.copyOfRange(Hubs.SHARD, 1000, 1010));
  }

  @Test
  void aBrokenLineIsTriedAgainAndOtherBytesAreRefused() throws IOException {
    server.put("org/name", Hubs.COMMIT, Hubs.model());
    FileStore store = look();
    server.storageFails("model.safetensors", HubServer.cut(100));
    try (RangeReader reader = store.open("model.safetensors")) {
      reader.readFully(0, ByteBuffer.allocate(1000));
      assertThat(told.notices).hasSize(1);
      server.storageFails(
          "model.safetensors",
          (exchange, content) -> {
            exchange.getResponseHeaders().set("Content-Range", "bytes 0-299999/300000");
            exchange.sendResponseHeaders(206, content.length);
            exchange.getResponseBody().write(content);
          });
      assertThatThrownBy(() -> reader.readFully(299_000, ByteBuffer.allocate(1000)))
          .isInstanceOf(HubException.class)
          .hasMessageEndingWith("answered other bytes than were asked for");
    }
  }

  @Test
  void isAFolderLikeOthersButOnlyRead() throws IOException {
    serveACheckpoint();
    FileStore store = look();

    assertThat(store.list())
        .extracting(file -> file.name())
        .containsExactly("config.json", "model.safetensors");
    FileStore inside = store.folder("additional_chat_templates");
    assertThat(inside.list()).extracting(file -> file.name()).containsExactly("tool.jinja");
    assertThat(FileStores.read(inside, "tool.jinja")).asString().isEqualTo("{{ tool }}");
    assertThat(store.info("nothing")).isEmpty();
    assertThatThrownBy(() -> store.open("nothing")).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> store.delete("config.json"))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("hf://org/name@%s is only read", Hubs.COMMIT);
  }
}
