/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.hub.HubSettings.Network;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The variables of huggingface_hub, and which goes before which. */
class HubSettingsTest {
  @TempDir private Path home;

  private static String cache(Map<String, String> environment) {
    return HubSettings.of(environment).cache().toString();
  }

  @Test
  void findsTheCacheWhereHuggingfaceHubHasIt() {
    assertThat(cache(Map.of("HOME", "/h"))).isEqualTo("/h/.cache/huggingface/hub");
    assertThat(cache(Map.of("HOME", "/h", "XDG_CACHE_HOME", "/x"))).isEqualTo("/x/huggingface/hub");
    assertThat(cache(Map.of("XDG_CACHE_HOME", "/x", "HF_HOME", "/hf"))).isEqualTo("/hf/hub");
    assertThat(cache(Map.of("HF_HOME", "~/hf", "HOME", "/h"))).isEqualTo("/h/hf/hub");
    assertThat(cache(Map.of("HF_HOME", "/hf", "HUGGINGFACE_HUB_CACHE", "/old"))).isEqualTo("/old");
    assertThat(cache(Map.of("HUGGINGFACE_HUB_CACHE", "/old", "HF_HUB_CACHE", "/new")))
        .isEqualTo("/new");
  }

  @ParameterizedTest
  @CsvSource({
    "1, OFFLINE",
    "yes, OFFLINE",
    "True, OFFLINE",
    "on, OFFLINE",
    "0, ONLINE",
    "'', ONLINE"
  })
  void isOfflineWhenToldSo(String value, Network network) {
    assertThat(HubSettings.of(Map.of("HF_HUB_OFFLINE", value)).network()).isEqualTo(network);
    assertThat(HubSettings.of(Map.of("TRANSFORMERS_OFFLINE", value)).network()).isEqualTo(network);
  }

  @Test
  void theHubsOwnVariableGoesBeforeThatOfTransformers() {
    assertThat(HubSettings.of(Map.of("HF_HUB_OFFLINE", "0", "TRANSFORMERS_OFFLINE", "1")).network())
        .isEqualTo(Network.ONLINE);
  }

  @Test
  void endpointsLoseTheirLastSlash() {
    assertThat(HubSettings.of(Map.of()).endpoint()).hasToString("https://huggingface.co");
    assertThat(HubSettings.of(Map.of("HF_ENDPOINT", "http://mirror:8080/hf/")).endpoint())
        .hasToString("http://mirror:8080/hf");
  }

  @ParameterizedTest
  @ValueSource(strings = {"huggingface.co", "ftp://x", "http:///x", "http://a b", "file:///etc"})
  void endpointsThatAreNoneAreSaid(String endpoint) {
    assertThatThrownBy(
            () ->
                HubSettings.of(Map.of("HF_ENDPOINT", endpoint, "HF_HUB_DOWNLOAD_TIMEOUT", "soon")))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "HF_ENDPOINT is "
                + endpoint
                + ", and must be like https://huggingface.co\nHF_HUB_DOWNLOAD_TIMEOUT is soon, and must be a whole number of seconds");
  }

  @Test
  void timeLimitsAreThoseOfTheVariables() {
    HubSettings settings =
        HubSettings.of(Map.of("HF_HUB_ETAG_TIMEOUT", "7", "HF_HUB_DOWNLOAD_TIMEOUT", "90"));
    assertThat(settings.patience().connect()).isEqualTo(Duration.ofSeconds(7));
    assertThat(settings.patience().stall()).isEqualTo(Duration.ofSeconds(90));
  }

  private HubToken token(String... variables) {
    Map<String, String> environment = new java.util.HashMap<>(Map.of("HF_HOME", home.toString()));
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    return HubSettings.of(environment).token();
  }

  @Test
  void tokensAreFoundInTheOrderOfHuggingfaceHub() throws IOException {
    assertThat(token().value()).isEmpty();
    assertThat(token().places())
        .containsExactly("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", home.resolve("token").toString());
    Files.writeString(home.resolve("token"), "hf_file\n");
    assertThat(token().value()).contains("hf_file");
    Path other = Files.writeString(home.resolve("other"), "hf_other");
    assertThat(token("HF_TOKEN_PATH", other.toString()).value()).contains("hf_other");
    assertThat(token("HUGGING_FACE_HUB_TOKEN", "hf_old").value()).contains("hf_old");
    assertThat(token("HUGGING_FACE_HUB_TOKEN", "hf_old", "HF_TOKEN", " hf_new ").value())
        .contains("hf_new");
    assertThat(token("HF_TOKEN", "hf_new", "HF_HUB_DISABLE_IMPLICIT_TOKEN", "1").value()).isEmpty();
  }

  @Test
  void aTokenIsNotTold() {
    Map<String, String> environment = Map.of("HF_TOKEN", "hf_secret");
    assertThat(HubSettings.of(environment).toString())
        .contains("the token of HF_TOKEN")
        .doesNotContain("hf_secret");
  }

  @Test
  void aTokenThatWouldBeAnotherHeaderIsRefusedWithoutTellingIt() {
    assertThatThrownBy(() -> token("HF_TOKEN", "hf_secret\r\nHost: elsewhere"))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "The token of HF_TOKEN holds spaces or other characters that no token has. It is one word, hf_...");
  }
}
