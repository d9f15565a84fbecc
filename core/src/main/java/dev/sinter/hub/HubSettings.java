/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import dev.sinter.problem.Problems;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which hub is asked, and where its files are kept.
 *
 * @param cache the folder that huggingface_hub calls its cache
 * @param proxies the way there
 */
public record HubSettings(
    URI endpoint,
    Path cache,
    HubToken token,
    Network network,
    Patience patience,
    ProxySelector proxies) {
  private static final String ENDPOINT = "https://huggingface.co";
  private static final Set<String> WEB = Set.of("http", "https");
  private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");

  /** Whether the endpoint is asked at all. */
  public enum Network {
    ONLINE,
    OFFLINE
  }

  /**
   * How long is waited, and how often is tried.
   *
   * @param stall how long a connection may bring nothing
   * @param pause before the second try; it doubles with each
   * @param tries how often in a row without any progress
   */
  record Patience(Duration connect, Duration stall, Duration pause, int tries) {}

  /** What the variables of huggingface_hub say. */
  public static HubSettings of(Map<String, String> environment) {
    Environment variables = new Environment(environment);
    Problems problems = new Problems();
    Path home =
        variables
            .path("HF_HOME")
            .orElseGet(
                () ->
                    variables
                        .path("XDG_CACHE_HOME")
                        .orElseGet(() -> variables.home().resolve(".cache"))
                        .resolve("huggingface"));
    Path cache =
        variables
            .path("HF_HUB_CACHE")
            .or(() -> variables.path("HUGGINGFACE_HUB_CACHE"))
            .orElseGet(() -> home.resolve("hub"));
    boolean offline =
        isOn(
            variables
                .text("HF_HUB_OFFLINE")
                .or(() -> variables.text("TRANSFORMERS_OFFLINE"))
                .orElse(""));
    URI endpoint = endpoint(variables.text("HF_ENDPOINT").orElse(ENDPOINT), problems);
    Patience patience =
        new Patience(
            variables.seconds("HF_HUB_ETAG_TIMEOUT", 10, problems),
            variables.seconds("HF_HUB_DOWNLOAD_TIMEOUT", 30, problems),
            Duration.ofSeconds(1),
            5);
    problems.throwIfAny();
    return new HubSettings(
        endpoint,
        cache.toAbsolutePath().normalize(),
        HubToken.find(environment, home),
        offline ? Network.OFFLINE : Network.ONLINE,
        patience,
        EnvironmentProxies.of(environment));
  }

  private static URI endpoint(String text, Problems problems) {
    try {
      URI uri = URI.create(text.replaceFirst("/+$", ""));
      // What stands before the host would be a secret, and messages name the endpoint.
      boolean plain =
          uri.getUserInfo() == null && uri.getQuery() == null && uri.getFragment() == null;
      if (uri.getUserInfo() != null) {
        problems.add("HF_ENDPOINT holds a name or a password; a token goes into HF_TOKEN");
        return URI.create(ENDPOINT);
      }
      if (plain && WEB.contains(String.valueOf(uri.getScheme())) && uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // It is told below what an endpoint looks like.
    }
    problems.add("HF_ENDPOINT is " + text + ", and must be like https://huggingface.co");
    return URI.create(ENDPOINT);
  }

  /** What the peers take for yes. */
  static boolean isOn(String value) {
    return TRUE.contains(value.toUpperCase(Locale.ROOT));
  }

  /** Variables; an empty one is none. */
  private record Environment(Map<String, String> variables) {
    Optional<String> text(String name) {
      return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
    }

    Path home() {
      return Path.of(text("HOME").orElseGet(() -> System.getProperty("user.home")));
    }

    Optional<Path> path(String name) {
      return text(name)
          .map(
              value ->
                  value.startsWith("~/") ? home().resolve(value.substring(2)) : Path.of(value));
    }

    Duration seconds(String name, int standard, Problems problems) {
      String value = text(name).orElse(String.valueOf(standard));
      if (!value.matches("[1-9][0-9]{0,5}")) {
        problems.add(name + " is " + value + ", and must be a whole number of seconds");
        return Duration.ofSeconds(standard);
      }
      return Duration.ofSeconds(Integer.parseInt(value));
    }
  }
}
