/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The proxies that variables such as HTTPS_PROXY name, which Java does not look at. What Java was
 * told by its own properties goes before.
 */
final class EnvironmentProxies extends ProxySelector {
  private static final List<String> OF_JAVA =
      List.of("https.proxyHost", "http.proxyHost", "socksProxyHost", "java.net.useSystemProxies");

  private final Map<String, String> environment;

  private EnvironmentProxies(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /** Java's own selector if its properties name a proxy, else one by the variables. */
  static ProxySelector of(Map<String, String> environment) {
    boolean told = OF_JAVA.stream().anyMatch(name -> System.getProperty(name) != null);
    return told && ProxySelector.getDefault() != null
        ? ProxySelector.getDefault()
        : new EnvironmentProxies(environment);
  }

  @Override
  public List<Proxy> select(URI uri) {
    String variable = uri.getScheme() + "_proxy";
    Optional<String> given = variable(variable).or(() -> variable("all_proxy"));
    if (given.isEmpty() || isDirect(uri.getHost())) {
      return List.of(Proxy.NO_PROXY);
    }
    return List.of(new Proxy(Proxy.Type.HTTP, address(variable, given.get())));
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name))
        .or(() -> Optional.ofNullable(environment.get(name.toUpperCase(Locale.ROOT))))
        .filter(value -> !value.isBlank());
  }

  /** What is wrong with it is said without its text, which may hold a password. */
  private static InetSocketAddress address(String variable, String text) {
    try {
      URI proxy = URI.create(text.contains("://") ? text : "http://" + text);
      if (proxy.getHost() != null && proxy.getUserInfo() == null && isHttp(proxy)) {
        return new InetSocketAddress(proxy.getHost(), proxy.getPort() < 0 ? 80 : proxy.getPort());
      }
    } catch (IllegalArgumentException e) {
      // It is told below what a proxy looks like.
    }
    throw new RequestException(
        "The proxy of "
            + variable.toUpperCase(Locale.ROOT)
            + " must be like http://proxy.example:3128, without user and password. For one of another kind, tell Java:"
            + " -Dhttps.proxyHost, -Dhttps.proxyPort or -DsocksProxyHost");
  }

  private static boolean isHttp(URI proxy) {
    return proxy.getScheme().equalsIgnoreCase("http");
  }

  /** Whether no_proxy names the host, or a domain that it lies in. */
  private boolean isDirect(String host) {
    for (String entry : variable("no_proxy").orElse("").split(",", -1)) {
      String domain = entry.strip().toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", "");
      String lower = host.toLowerCase(Locale.ROOT);
      if (domain.equals("*")
          || (!domain.isEmpty() && (lower.equals(domain) || lower.endsWith("." + domain)))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // The request fails and says so.
  }
}
