/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.problem.RequestException;
import dev.sinter.testing.HubServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proxies by the variables that curl and Python look at. */
class EnvironmentProxiesTest {
  private static final URI HUB = URI.create("https://hub.example.org/x");

  private static Proxy proxy(URI address, Map<String, String> environment) {
    return EnvironmentProxies.of(environment).select(address).get(0);
  }

  private static String address(Proxy proxy) {
    InetSocketAddress address = (InetSocketAddress) proxy.address();
    return address.getHostString() + ":" + address.getPort();
  }

  @Test
  void aSchemeHasItsOwnProxy() {
    Map<String, String> environment =
        Map.of("HTTPS_PROXY", "http://secure:3128", "http_proxy", "plain:80", "ALL_PROXY", "all");
    assertThat(address(proxy(HUB, environment))).isEqualTo("secure:3128");
    assertThat(address(proxy(URI.create("http://hub/x"), environment))).isEqualTo("plain:80");
    assertThat(address(proxy(HUB, Map.of("ALL_PROXY", "http://all")))).isEqualTo("all:80");
    assertThat(address(proxy(HUB, Map.of("https_proxy", "a:1", "HTTPS_PROXY", "b:2"))))
        .isEqualTo("a:1");
    assertThat(proxy(HUB, Map.of())).isEqualTo(Proxy.NO_PROXY);
  }

  @ParameterizedTest
  @CsvSource({
    "hub.example.org, DIRECT",
    "'localhost, .example.org', DIRECT",
    "example.org, DIRECT",
    "*.Example.org, DIRECT",
    "*, DIRECT",
    "b.example.org, HTTP",
    "ample.org, HTTP",
    "'', HTTP"
  })
  void someHostsNeedNone(String none, Proxy.Type type) {
    assertThat(proxy(HUB, Map.of("HTTPS_PROXY", "http://p:1", "NO_PROXY", none)).type())
        .isEqualTo(type);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://user:secret@proxy:1", "socks5://proxy:1", "http://", "a b"})
  void otherKindsAreRefusedWithoutTellingAPassword(String proxy) {
    assertThatThrownBy(() -> proxy(HUB, Map.of("HTTPS_PROXY", proxy)))
        .isInstanceOf(RequestException.class)
        .hasMessageStartingWith(
            "The proxy of HTTPS_PROXY must be like http://proxy.example:3128, without user and password.")
        .hasMessageNotContaining("secret");
  }

  @Test
  void requestsGoThroughIt(@TempDir Path home) throws IOException {
    try (HubServer proxy = new HubServer()) {
      proxy.put("org/name", Hubs.COMMIT, Hubs.model());
      HubSettings settings =
          Hubs.settings(
              proxy,
              home,
              "HF_ENDPOINT",
              "http://hub.invalid",
              "HTTP_PROXY",
              proxy.endpoint(),
              "NO_PROXY",
              "127.0.0.1");
      Path folder = ModelFiles.fetch(new Hub(settings, new Hubs.Told()), Hubs.MODEL, "main");
      assertThat(folder.resolve("model.safetensors")).hasBinaryContent(Hubs.SHARD);
    }
  }
}
