/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import dev.sinter.hub.HubSettings.Patience;
import dev.sinter.testing.HubServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/** What tests of the hub share: a model to serve, impatient settings, and what was told. */
final class Hubs {
  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  static final RepositoryId MODEL = new RepositoryId(RepositoryId.Kind.MODEL, "org/name");
  static final byte[] SHARD = random(300_000);

  /** How a hub's settings differ for one that loses patience at once. */
  private static final Patience IMPATIENT =
      new Patience(Duration.ofSeconds(5), Duration.ofMillis(500), Duration.ofMillis(1), 3);

  private Hubs() {}

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A model of one large file, with much beside it that nobody needs. */
  static Map<String, byte[]> model() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("config.json", bytes("{\"model_type\": \"llama\"}"));
    files.put("model.safetensors", SHARD);
    files.put("tokenizer.json", bytes("{}"));
    files.put("chat_template.jinja", bytes("{{ messages }}"));
    files.put("pytorch_model.bin", bytes("pickle"));
    files.put("pytorch_model.bin.index.json", bytes("{}"));
    files.put("consolidated.safetensors", bytes("a second copy"));
    files.put("onnx/model.onnx", bytes("onnx"));
    files.put(".gitattributes", bytes("* binary"));
    files.put("cat.png", bytes("png"));
    return files;
  }

  static HubSettings settings(HubServer server, Path home, String... variables) {
    Map<String, String> environment = new HashMap<>();
    environment.put("HF_ENDPOINT", server.endpoint());
    environment.put("HF_HOME", home.toString());
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    HubSettings patient = HubSettings.of(environment);
    return new HubSettings(
        patient.endpoint(),
        patient.cache(),
        patient.token(),
        patient.network(),
        IMPATIENT,
        patient.proxies());
  }

  /** Another process, with the variables of this one but for a hub's. */
  static ProcessBuilder process(Class<?> main, String... arguments) {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-cp", classPath, main.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder process = new ProcessBuilder(command);
    process.environment().keySet().removeIf(name -> name.startsWith("HF_"));
    process.environment().put("no_proxy", "127.0.0.1");
    return process.redirectError(ProcessBuilder.Redirect.INHERIT);
  }

  /** Notes what it hears. */
  static final class Told implements HubListener {
    final List<String> notices = new CopyOnWriteArrayList<>();
    final List<String> fetches = new CopyOnWriteArrayList<>();
    final List<Long> progress = new CopyOnWriteArrayList<>();

    @Override
    public void notice(String text) {
      notices.add(text);
    }

    @Override
    public void fetching(Listing listing, int files, long bytes) {
      fetches.add(files + " files, " + bytes + " bytes, of " + listing);
    }

    @Override
    public void fetched(long bytes, long of) {
      progress.add(bytes);
    }
  }

  static List<String> sorted(List<String> texts) {
    String[] sorted = texts.toArray(String[]::new);
    Arrays.sort(sorted);
    return List.of(sorted);
  }
}
