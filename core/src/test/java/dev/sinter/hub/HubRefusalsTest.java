/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.problem.RequestException;
import dev.sinter.testing.HubServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hub does not give, or what is not taken from it, and what is said then. */
class HubRefusalsTest {
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
    return ModelFiles.fetch(
        new Hub(Hubs.settings(server, home, variables), told), Hubs.MODEL, "main");
  }

  private void assertRefused(String message, String... variables) {
    assertThatThrownBy(() -> fetch(variables))
        .isInstanceOf(RequestException.class)
        .hasMessage(message.replace("{hub}", server.endpoint()).replace("{home}", home.toString()))
        .hasMessageNotContaining("hf_secret");
    assertThat(told.notices).isEmpty();
  }

  @Test
  void aGatedModelWithoutTokenIsSaid() {
    server.hubFails("model.safetensors", HubServer.status(401, "X-Error-Code", "GatedRepo"));
    assertRefused(
        "model.safetensors of model org/name at main is gated: its owner decides who may read it. Ask for access at {hub}/org/name, and give a token of that account."
            + " No token was sent; it is looked for in HF_TOKEN, HUGGING_FACE_HUB_TOKEN, {home}/token. {hub}/settings/tokens makes one");
  }

  @Test
  void aGatedModelWithTokenIsSaid() throws IOException {
    Files.writeString(home.resolve("token"), "hf_secret\n");
    server.hubFails("model.safetensors", HubServer.status(403, "X-Error-Code", "GatedRepo"));
    assertRefused(
        "model.safetensors of model org/name at main is gated: its owner decides who may read it. Ask for access at {hub}/org/name with the account of the token of {home}/token, which has none yet");
  }

  @Test
  void aModelThatIsPrivateOrNotThereIsSaid() {
    server.hubFails("revision/main", HubServer.status(401, "X-Error-Code", "RepoNotFound"));
    assertRefused(
        "{hub} has no model org/name at main, or it is private or gated."
            + " No token was sent; it is looked for in HF_TOKEN, HUGGING_FACE_HUB_TOKEN, {home}/token. {hub}/settings/tokens makes one");
  }

  @Test
  void aTokenThatIsNotTakenIsSaid() {
    server.hubFails(
        "revision/main",
        HubServer.status(401, "X-Error-Message", "Invalid credentials in Authorization header"));
    assertRefused(
        "{hub} does not take the token of HF_TOKEN: Invalid credentials in Authorization header. Make one that may read it, at {hub}/settings/tokens",
        "HF_TOKEN",
        "hf_secret");
  }

  @Test
  void aTokenThatMayNotReadIsSaid() {
    server.hubFails("revision/main", HubServer.status(403));
    assertRefused(
        "{hub} does not let the token of HUGGING_FACE_HUB_TOKEN read model org/name at main. Make one that may read it, at {hub}/settings/tokens",
        "HUGGING_FACE_HUB_TOKEN",
        "hf_secret");
  }

  @Test
  void aModelThatIsNotThereIsSaid() {
    server.put("org/name", Hubs.COMMIT, Map.of());
    server.hubFails("revision/main", HubServer.status(404, "X-Error-Code", "RepoNotFound"));
    assertRefused(
        "{hub} has no model org/name at main, or the account of the token of HF_TOKEN may not see it",
        "HF_TOKEN",
        "hf_secret");
  }

  @Test
  void aRevisionThatIsNotThereIsSaid() {
    Hub hub = new Hub(Hubs.settings(server, home), told);
    assertThatThrownBy(() -> ModelFiles.fetch(hub, Hubs.MODEL, "v2/x"))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "model org/name has no revision v2/x. Look at %s/org/name for its branches and tags",
            server.endpoint());
    assertThat(server.asked()).containsExactly("hub GET /api/models/org/name/revision/v2/x");
  }

  @Test
  void aRevisionThatLeadsElsewhereIsRefusedUnasked() {
    Hub hub = new Hub(Hubs.settings(server, home), told);
    assertThatThrownBy(() -> ModelFiles.fetch(hub, Hubs.MODEL, "../main"))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "\"../main\" is no revision: that is a branch, a tag or a commit, such as main");
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void aModelOfPicklesIsRefusedBeforeAnythingIsFetched() {
    server.put(
        "org/name",
        Hubs.COMMIT,
        Map.of("config.json", Hubs.bytes("{}"), "pytorch_model.bin", Hubs.bytes("x")));
    assertThatThrownBy(this::fetch)
        .isInstanceOf(RequestException.class)
        .hasMessageStartingWith(
            "model org/name at main, commit "
                + Hubs.COMMIT
                + " is no checkpoint that Sinter reads: that has config.json and model.safetensors, or shards with model.safetensors.index.json. It has: ")
        .hasMessageContaining("pytorch_model.bin");
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void anIndexThatNamesShardsThatAreNotThereIsRefused() {
    server.put(
        "org/name",
        Hubs.COMMIT,
        Map.of(
            "config.json",
            Hubs.bytes("{}"),
            "model.safetensors.index.json",
            Hubs.bytes("{\"weight_map\": {\"a\": \"../../x.safetensors\", \"b\": 7}}")));
    assertThatThrownBy(this::fetch)
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "model org/name at main, commit "
                + Hubs.COMMIT
                + " lacks shards that its index names: [, ../../x.safetensors]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../x.json",
        "/etc/x.json",
        "a/../../x.json",
        "a/./x.json",
        "a//x.json",
        "a\\..\\x.json",
        "x\n.json",
        "x\0.json",
        ".."
      })
  void namesThatLeadOutOfTheFolderAreRefused(String name) throws IOException {
    Map<String, byte[]> files = Hubs.model();
    files.put(name, Hubs.bytes("x"));
    server.put("org/name", Hubs.COMMIT, files);

    assertThatThrownBy(this::fetch)
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "The hub lists a file \"%s\", whose name leads out of its folder. Such a repository is not read",
            name.replaceAll("\\p{Cntrl}", "?"));
    assertThat(home.resolve("hub")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "../../x", "a/b", "", "-x"})
  void commitsThatAreNoneAreRefused(String commit) {
    server.put("org/name", commit, Hubs.model());
    assertRefused("The hub calls a commit \"" + commit + "\", which is none");
  }

  @Test
  void anEtagThatIsAPathBecomesAHash() throws IOException {
    server.hubFails(
        "tokenizer.json", HubServer.status(200, "ETag", "W/\"../../../x\"", "X-Linked-Size", "2"));

    Path folder = fetch();

    assertThat(Files.readSymbolicLink(folder.resolve("tokenizer.json")).toString())
        .matches("\\.\\./\\.\\./blobs/[0-9a-f]{64}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:///etc/passwd", "ftp://127.0.0.1/x", "gopher:x", "http:///x"})
  void sendingOnToAnythingButTheWebIsRefused(String location) {
    server.hubFails("revision/main", HubServer.status(302, "Location", location));

    assertThatThrownBy(this::fetch)
        .isInstanceOf(HubException.class)
        .hasMessageContaining("which is not followed");
  }

  @Test
  void sendingOnWithoutEndIsGivenUp() {
    HubServer.Fault round = HubServer.status(307, "Location", "/api/models/org/name/revision/main");
    server.hubFails(
        "revision/main", round, round, round, round, round, round, round, round, round, round);

    assertThatThrownBy(this::fetch)
        .isInstanceOf(HubException.class)
        .hasMessageEndingWith("/api/models/org/name/revision/main is sent on more than 10 times");
  }

  @Test
  void aRenamedModelIsFollowedWithTheToken() throws IOException {
    server.hubFails(
        "revision/main",
        HubServer.status(307, "Location", "/api/models/org/name/revision/" + Hubs.COMMIT));

    fetch("HF_TOKEN", "hf_secret");

    assertThat(server.requests().get(1).headers().getFirst("Authorization"))
        .isEqualTo("Bearer hf_secret");
  }

  @Test
  void ofAFileWithoutASizeNoMoreIsTakenThanTheLimit() {
    HubServer.Fault head =
        (exchange, content) -> {
          exchange.getResponseHeaders().set("ETag", "\"endless\"");
          exchange.sendResponseHeaders(200, -1);
        };
    HubServer.Fault endless =
        (exchange, content) -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] block = new byte[1 << 20];
          for (int i = 0; i < 100; i++) {
            exchange.getResponseBody().write(block);
          }
        };
    server.hubFails("tokenizer.json", head, endless);
    assertRefused(
        "{hub} tells no size of tokenizer.json of model org/name at main, commit "
            + Hubs.COMMIT
            + ", and sends more than the 67108864 bytes that are taken of such a file. Set HF_ENDPOINT to a hub that tells sizes, or fetch model org/name beforehand into {home}/hub");
  }

  @Test
  void anIndexBeyondTheLimitIsNotFetched() {
    server.put(
        "org/name",
        Hubs.COMMIT,
        Map.of(
            "config.json",
            Hubs.bytes("{}"),
            "model.safetensors.index.json",
            Hubs.bytes("{\"weight_map\": {}}")));
    server.hubFails(
        "model.safetensors.index.json",
        (exchange, content) -> {
          exchange.getResponseHeaders().set("Content-Length", "67108865");
          exchange.sendResponseHeaders(200, -1);
        });
    assertRefused(
        "model.safetensors.index.json of model org/name at main, commit "
            + Hubs.COMMIT
            + " has 67108865 bytes, and of what tells which files are wanted 67108864 are read at most. Put the files that you want into a folder without it, and name that");
    assertThat(server.asked()).noneMatch(text -> text.startsWith("hub GET /org/name/resolve"));
  }
}
