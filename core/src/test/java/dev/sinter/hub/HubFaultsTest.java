/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.testing.HubServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A hub, a line or a storage that fails on the way: what is tried again, and what is said. */
class HubFaultsTest {
  private static final String LARGE = "model.safetensors";
  private static final String SHA256 = TensorWriter.sha256Hex(Hubs.SHARD);

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

  private Path fetch() throws IOException {
    return ModelFiles.fetch(new Hub(Hubs.settings(server, home), told), Hubs.MODEL, "main");
  }

  private Path blobs() {
    return home.resolve("hub/models--org--name/blobs");
  }

  private List<String> ranges() {
    return server.requests().stream()
        .filter(request -> request.port().equals("storage"))
        .map(request -> String.valueOf(request.headers().getFirst("Range")))
        .toList();
  }

  @Test
  void aBrokenDownloadIsTakenUpWhereItBrokeOff() throws IOException {
    server.storageFails(LARGE, HubServer.cut(100_000));

    assertThat(fetch().resolve(LARGE)).hasBinaryContent(Hubs.SHARD);
    assertThat(ranges()).containsExactly("null", "bytes=100000-");
    assertThat(told.notices).hasSize(1);
    assertThat(told.notices.get(0)).endsWith("; trying again in 1 s").doesNotContain("Signature");
    assertThat(told.progress).last().isEqualTo(300_039L);
  }

  @Test
  void aLineThatGoesDeadIsTakenUp() throws IOException {
    server.storageFails(LARGE, server.stall(100_000));

    assertThat(fetch().resolve(LARGE)).hasBinaryContent(Hubs.SHARD);
    assertThat(ranges()).containsExactly("null", "bytes=100000-");
    assertThat(told.notices).singleElement().asString().contains("broke off: Read timed out");
  }

  @Test
  void whatAnEarlierRunHasFetchedIsTakenUp() throws IOException {
    Files.createDirectories(blobs());
    Files.write(blobs().resolve(SHA256 + ".sinter.incomplete"), Arrays.copyOf(Hubs.SHARD, 250_000));

    assertThat(fetch().resolve(LARGE)).hasBinaryContent(Hubs.SHARD);
    assertThat(ranges()).containsExactly("bytes=250000-");
    try (var files = Files.list(blobs())) {
      assertThat(files).hasSize(4).noneMatch(file -> file.toString().endsWith("incomplete"));
    }
  }

  @Test
  void aServerThatStartsAnewIsFollowed() throws IOException {
    Files.createDirectories(blobs());
    Files.write(blobs().resolve(SHA256 + ".sinter.incomplete"), new byte[200_000]);
    server.storageFails(
        LARGE,
        (exchange, content) -> {
          exchange.sendResponseHeaders(200, content.length);
          exchange.getResponseBody().write(content);
        });

    assertThat(fetch().resolve(LARGE)).hasBinaryContent(Hubs.SHARD);
    assertThat(ranges()).containsExactly("bytes=200000-");
  }

  @Test
  void whatIsLongerThanTheFileIsThrownAway() throws IOException {
    Files.createDirectories(blobs());
    Files.write(blobs().resolve(SHA256 + ".sinter.incomplete"), new byte[300_001]);

    assertThat(fetch().resolve(LARGE)).hasBinaryContent(Hubs.SHARD);
    assertThat(ranges()).containsExactly("null");
  }

  @Test
  void wrongBytesAreFetchedAnewOnce() throws IOException {
    server.storageFails(LARGE, HubServer.wrongBytes());

    assertThat(fetch().resolve(LARGE)).hasBinaryContent(Hubs.SHARD);
    assertThat(told.notices)
        .containsExactly("model.safetensors has arrived with a wrong sha256; it is fetched anew");
  }

  @Test
  void wrongBytesTwiceAreRefusedAndLeaveNothing() throws IOException {
    server.storageFails(LARGE, HubServer.wrongBytes(), HubServer.wrongBytes());

    assertThatThrownBy(this::fetch)
        .isInstanceOf(HubException.class)
        .hasMessage(
            "model.safetensors of model org/name at main, commit %s has arrived twice with another sha256 than the hub tells, %s: something on the way changes it",
            Hubs.COMMIT, SHA256);
    assertThat(blobs().resolve(SHA256)).doesNotExist();
    assertThat(blobs().resolve(SHA256 + ".sinter.incomplete")).doesNotExist();
    assertThat(home.resolve("hub/models--org--name/refs/main")).doesNotExist();
  }

  @Test
  void aFileThatIsAlwaysCutAtOnePlaceIsGivenUp() {
    server.storageFails(
        LARGE, HubServer.cut(9), HubServer.cut(0), HubServer.cut(9), HubServer.cut(9));

    assertThatThrownBy(this::fetch)
        .isInstanceOf(HubException.class)
        .hasMessageEndingWith("(tried 3 times)");
  }

  @Test
  void moreBytesThanToldAreRefused() {
    server.storageFails(
        LARGE,
        (exchange, content) -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(content);
          exchange.getResponseBody().write(content);
        });

    assertThatThrownBy(this::fetch)
        .isInstanceOf(HubException.class)
        .hasMessageContaining("sends more than the 300000 bytes it told")
        .hasMessageNotContaining("Signature");
  }

  @Test
  void aBlobOfAnotherSizeIsFetchedAnew() throws IOException {
    Files.createDirectories(blobs());
    Files.write(blobs().resolve(SHA256), new byte[17]);

    assertThat(fetch().resolve(LARGE)).hasBinaryContent(Hubs.SHARD);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504})
  void statusesThatMayPassAreTriedAgain(int status) throws IOException {
    server
        .hubFails("revision/main", HubServer.status(status, "Retry-After", "0"))
        .hubFails("config.json", HubServer.status(status))
        .storageFails(LARGE, HubServer.status(status));

    assertThat(fetch().resolve(LARGE)).hasBinaryContent(Hubs.SHARD);
    assertThat(told.notices).hasSize(3);
    assertThat(told.notices.get(0))
        .isEqualTo(
            server.endpoint()
                + " answered "
                + status
                + " for model org/name at main; trying again in 1 s");
  }

  @Test
  void aHubThatStaysBusyIsGivenUp() {
    HubServer.Fault busy = HubServer.status(503);
    server.hubFails("revision/main", busy, busy, busy, busy);

    assertThatThrownBy(this::fetch)
        .isInstanceOf(HubException.class)
        .hasMessage(server.endpoint() + " answered 503 for model org/name at main (tried 3 times)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3600", "Fri, 31 Dec 2500 23:59:59 GMT"})
  void aHubThatWantsToBeLeftAloneForLongIsNotWaitedFor(String when) {
    server.hubFails("revision/main", HubServer.status(429, "Retry-After", when));

    assertThatThrownBy(this::fetch)
        .isInstanceOf(HubException.class)
        .hasMessageContaining(
            "answered 429 for model org/name at main, and wants to be left alone for ")
        .hasMessageEndingWith(" s (tried 1 times)");
  }

  @Test
  void aHubThatIsNotThereIsSaid() {
    server.close();

    assertThatThrownBy(this::fetch)
        .isInstanceOf(HubException.class)
        .hasMessage(
            server.endpoint()
                + "/api/models/org/name/revision/main cannot be reached: Connect: Connection refused (tried 2 times). Without a way to it, name a folder that holds the files, or a cache that has them (HF_HUB_CACHE); behind a proxy, set HTTPS_PROXY");
  }

  @Test
  void aHubThatIsNotThereLeavesWhatTheCacheHas() throws IOException {
    Path folder = fetch();
    server.close();

    assertThat(fetch()).isEqualTo(folder);
    assertThat(told.notices.get(told.notices.size() - 1))
        .startsWith(server.endpoint() + "/api/models/org/name/revision/main cannot be reached")
        .endsWith(
            "Taken is model org/name at main, commit "
                + Hubs.COMMIT
                + ", as the cache has it; it may be older");
  }

  @Test
  void anAnswerThatIsNoListingIsSaid() {
    server.hubFails(
        "revision/main",
        (exchange, content) -> {
          exchange.sendResponseHeaders(200, 6);
          exchange.getResponseBody().write(Hubs.bytes("<html>"));
        });

    assertThatThrownBy(this::fetch)
        .isInstanceOf(HubException.class)
        .hasMessageContaining("/api/models/org/name/revision/main is no listing of a repository: ")
        .hasMessageEndingWith("Is HF_ENDPOINT a hub, and does no proxy answer in its place?");
  }
}
