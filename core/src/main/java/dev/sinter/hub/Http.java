/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Requests to a hub and to where it sends them on. The token goes to the hub's own scheme, host and
 * port alone.
 */
record Http(HubSettings settings) {
  private static final int MOST_HOPS = 10;
  private static final List<String> SCHEMES = List.of("http", "https");

  /** How far redirects are followed. */
  private enum Follow {
    EVERYWHERE,
    WITHIN_THE_HUB
  }

  /** The head of a file's answer: the hub's own last one, which tells of the file. */
  Answer head(URI address) throws IOException {
    return send("HEAD", address, Map.of(), Follow.WITHIN_THE_HUB);
  }

  Answer get(URI address, Map<String, String> headers) throws IOException {
    return send("GET", address, headers, Follow.EVERYWHERE);
  }

  private Answer send(String method, URI start, Map<String, String> headers, Follow follow)
      throws IOException {
    URI address = start;
    for (int hop = 0; hop < MOST_HOPS; hop++) {
      Answer answer = once(method, address, headers);
      if (answer.redirect().isEmpty()) {
        return answer;
      }
      URI target = target(address, answer.redirect().get());
      if (follow == Follow.WITHIN_THE_HUB && !isHub(target)) {
        return answer;
      }
      answer.close();
      address = target;
    }
    throw new HubException(plain(start) + " is sent on more than " + MOST_HOPS + " times");
  }

  private static URI target(URI from, String location) throws HubException {
    URI target;
    try {
      target = from.resolve(new URI(location));
    } catch (URISyntaxException e) {
      throw new HubException(plain(from) + " sends on to what is no address");
    }
    boolean weaker = from.getScheme().equals("https") && !"https".equals(target.getScheme());
    if (weaker
        || !SCHEMES.contains(String.valueOf(target.getScheme()))
        || target.getHost() == null) {
      throw new HubException(
          plain(from) + " sends on to " + plain(target) + ", which is not followed");
    }
    return target;
  }

  private Answer once(String method, URI address, Map<String, String> headers) throws IOException {
    Proxy proxy = settings.proxies().select(address).get(0);
    HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection(proxy);
    connection.setInstanceFollowRedirects(false);
    connection.setConnectTimeout((int) settings.patience().connect().toMillis());
    connection.setReadTimeout((int) settings.patience().stall().toMillis());
    connection.setUseCaches(false);
    connection.setRequestMethod(method);
    connection.setRequestProperty("User-Agent", "sinter");
    connection.setRequestProperty("Accept", "*/*");
    // The size of what comes must be that of the file.
    connection.setRequestProperty("Accept-Encoding", "identity");
    headers.forEach(connection::setRequestProperty);
    if (isHub(address)) {
      settings
          .token()
          .value()
          .ifPresent(token -> connection.setRequestProperty("Authorization", "Bearer " + token));
    }
    try {
      return new Answer(address, connection.getResponseCode(), connection);
    } catch (SSLHandshakeException | SSLPeerUnverifiedException e) {
      throw new RequestException(
          plain(address)
              + " cannot be trusted: "
              + e.getMessage()
              + ". If that is a proxy of yours, give Java its certificate: -Djavax.net.ssl.trustStore",
          e);
    } catch (IOException e) {
      throw new PassingException(
          plain(address) + " cannot be reached" + through(proxy) + ": " + reason(e), e);
    }
  }

  private static String through(Proxy proxy) {
    return proxy.type() == Proxy.Type.DIRECT ? "" : " through the proxy " + proxy.address();
  }

  /** Some exceptions have a host for their message, and nothing else. */
  private static String reason(IOException e) {
    return e.getClass().getSimpleName().replace("Exception", "") + ": " + e.getMessage();
  }

  private boolean isHub(URI address) {
    URI hub = settings.endpoint();
    return hub.getScheme().equals(address.getScheme())
        && hub.getHost().equalsIgnoreCase(address.getHost())
        && port(hub) == port(address);
  }

  private static int port(URI address) {
    if (address.getPort() >= 0) {
      return address.getPort();
    }
    return address.getScheme().equals("https") ? 443 : 80;
  }

  /** An address without query, fragment and user, any of which may be secret. */
  static String plain(URI address) {
    String port = address.getPort() < 0 ? "" : ":" + address.getPort();
    return address.getScheme() + "://" + address.getHost() + port + address.getPath();
  }
}
