/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A hub on this machine, and the storage on another port to which it sends on who wants a large
 * file. It notes what it is asked, and fails as it is told.
 */
public final class HubServer implements AutoCloseable {
  private static final int LARGE = 1000;
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");

  private final HttpServer hub = start(this::hub);
  private final HttpServer storage = start(this::storage);
  private final Map<String, Repository> repositories = new ConcurrentHashMap<>();
  private final Map<String, Queue<Fault>> faults = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  /** One request, on the hub's own port or on that of its storage. */
  public record Request(String port, String method, String path, Headers headers) {
    public String text() {
      return port + " " + method + " " + path;
    }
  }

  /** An answer in place of the right one. */
  public interface Fault {
    void answer(HttpExchange exchange, byte[] content) throws IOException;
  }

  private record Repository(String commit, Map<String, byte[]> files) {}

  private interface Answering {
    void answer(HttpExchange exchange) throws IOException;
  }

  private static HttpServer start(Answering answering) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/", answering::answer);
      server.setExecutor(
          Executors.newCachedThreadPool(
              task -> {
                Thread thread = new Thread(task, "hub-server");
                thread.setDaemon(true);
                return thread;
              }));
      server.start();
      return server;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  public String endpoint() {
    return "http://127.0.0.1:" + hub.getAddress().getPort();
  }

  /** A repository by the path that files have: {@code org/name}, {@code datasets/org/name}. */
  public HubServer put(String path, String commit, Map<String, byte[]> files) {
    repositories.put(path, new Repository(commit, files));
    return this;
  }

  /** What comes next in place of an answer of the hub, to paths that end like this. */
  public HubServer hubFails(String pathEnd, Fault... next) {
    return fails("hub", pathEnd, next);
  }

  /** What comes next in place of a large file's content. */
  public HubServer storageFails(String pathEnd, Fault... next) {
    return fails("storage", pathEnd, next);
  }

  private HubServer fails(String port, String pathEnd, Fault... next) {
    faults
        .computeIfAbsent(port + " " + pathEnd, end -> new ConcurrentLinkedQueue<>())
        .addAll(List.of(next));
    return this;
  }

  /** A status with headers by name and value. */
  public static Fault status(int code, String... headers) {
    return (exchange, content) -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
      }
      exchange.sendResponseHeaders(code, -1);
    };
  }

  /** Some bytes of what was promised, and then the line goes dead. */
  public static Fault cut(int bytes) {
    return (exchange, content) -> {
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content, 0, bytes);
      exchange.getResponseBody().flush();
    };
  }

  /** Some bytes of what was promised, and then nothing for as long as the server lives. */
  public Fault stall(int bytes) {
    return (exchange, content) -> {
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content, 0, bytes);
      exchange.getResponseBody().flush();
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }

  /** Other bytes than those of the file, as many. */
  public static Fault wrongBytes() {
    return (exchange, content) -> {
      byte[] wrong = content.clone();
      wrong[wrong.length / 2] ^= 1;
      exchange.sendResponseHeaders(200, wrong.length);
      exchange.getResponseBody().write(wrong);
    };
  }

  /** The requests so far, as "hub GET /path". */
  public List<String> asked() {
    return requests.stream().map(Request::text).toList();
  }

  public List<Request> requests() {
    return List.copyOf(requests);
  }

  public void forget() {
    requests.clear();
  }

  private void note(String port, HttpExchange exchange) {
    requests.add(
        new Request(
            port,
            exchange.getRequestMethod(),
            exchange.getRequestURI().getPath(),
            exchange.getRequestHeaders()));
  }

  private void hub(HttpExchange exchange) throws IOException {
    try (exchange) {
      note("hub", exchange);
      String path = exchange.getRequestURI().getPath().substring(1);
      if (path.startsWith("api/")) {
        listing(exchange, path.replaceFirst("^api/(models/)?", ""));
      } else {
        file(exchange, path);
      }
    }
  }

  private void listing(HttpExchange exchange, String path) throws IOException {
    int end = path.indexOf("/revision/");
    Repository repository = repositories.get(path.substring(0, end));
    if (fails("hub", exchange, new byte[0])) {
      return;
    }
    String revision = path.substring(end + "/revision/".length());
    if (repository == null) {
      status(404, "X-Error-Code", "RepoNotFound").answer(exchange, new byte[0]);
    } else if (!List.of("main", repository.commit).contains(revision)) {
      status(404, "X-Error-Code", "RevisionNotFound").answer(exchange, new byte[0]);
    } else {
      List<Json> siblings = new ArrayList<>();
      repository.files.keySet().forEach(file -> siblings.add(Json.object("rfilename", file)));
      Json told = Json.object("id", path, "sha", repository.commit, "siblings", siblings);
      send(exchange, JsonWriter.compact(told).getBytes(StandardCharsets.UTF_8));
    }
  }

  private void file(HttpExchange exchange, String path) throws IOException {
    String[] parts = path.split("/resolve/", 2);
    Repository repository = repositories.get(parts[0]);
    byte[] content = repository.files.get(parts[1].substring(parts[1].indexOf('/') + 1));
    if (content == null) {
      status(404, "X-Error-Code", "EntryNotFound").answer(exchange, new byte[0]);
      return;
    }
    String sha256 = TensorWriter.sha256Hex(content);
    Headers headers = exchange.getResponseHeaders();
    headers.set("X-Repo-Commit", repository.commit);
    if (content.length < LARGE) {
      headers.set("ETag", "\"" + sha256.substring(0, 40) + "\"");
      if (!fails("hub", exchange, content)) {
        send(exchange, content);
      }
      return;
    }
    headers.set("X-Linked-Etag", "\"" + sha256 + "\"");
    headers.set("X-Linked-Size", String.valueOf(content.length));
    headers.set(
        "Location",
        "http://127.0.0.1:" + storage.getAddress().getPort() + "/" + path + "?Signature=secret");
    if (!fails("hub", exchange, content)) {
      exchange.sendResponseHeaders(302, -1);
    }
  }

  private void storage(HttpExchange exchange) throws IOException {
    try (exchange) {
      note("storage", exchange);
      String path = exchange.getRequestURI().getPath().substring(1);
      String[] parts = path.split("/resolve/", 2);
      byte[] content =
          repositories.get(parts[0]).files.get(parts[1].substring(parts[1].indexOf('/') + 1));
      if (!fails("storage", exchange, content)) {
        send(exchange, content);
      }
    }
  }

  private boolean fails(String port, HttpExchange exchange, byte[] content) throws IOException {
    for (Map.Entry<String, Queue<Fault>> entry : faults.entrySet()) {
      String[] place = entry.getKey().split(" ", 2);
      boolean meant =
          place[0].equals(port) && exchange.getRequestURI().getPath().endsWith(place[1]);
      Fault fault = meant ? entry.getValue().poll() : null;
      if (fault != null) {
        fault.answer(exchange, content);
        return true;
      }
    }
    return false;
  }

  /** The content, or the part of it that a range asks for. */
  private static void send(HttpExchange exchange, byte[] content) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    Matcher asked = RANGE.matcher(range == null ? "bytes=0-" : range);
    int from = asked.matches() ? Integer.parseInt(asked.group(1)) : 0;
    int end =
        asked.matches() && !asked.group(2).isEmpty()
            ? Math.min(content.length, Integer.parseInt(asked.group(2)) + 1)
            : content.length;
    byte[] part = Arrays.copyOfRange(content, from, end);
    if (range != null) {
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes " + from + "-" + (end - 1) + "/" + content.length);
    }
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(content.length));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    exchange.sendResponseHeaders(range == null ? 200 : 206, part.length == 0 ? -1 : part.length);
    exchange.getResponseBody().write(part);
  }

  @Override
  public void close() {
    closed.countDown();
    hub.stop(0);
    storage.stop(0);
  }
}
