/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileInfo;
import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.json.JsonSyntaxException;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a checkpoint holds of its tokenizer: read once, on the driver, and sent to whoever opens a
 * {@link Tokenizer}.
 *
 * @param location the checkpoint, for messages
 * @param files the content of each, by name; further chat templates as folder/name
 */
public record TokenizerFiles(String location, Map<String, byte[]> files) implements Serializable {
  static final String TOKENIZER = "tokenizer.json";
  static final String CONFIG = "tokenizer_config.json";
  static final String SPECIAL_TOKENS = "special_tokens_map.json";
  static final String TEMPLATE = "chat_template.jinja";
  static final String OLDER_TEMPLATE = "chat_template.json";
  static final String TEMPLATES = "additional_chat_templates/";

  public TokenizerFiles {
    files = Collections.unmodifiableMap(new TreeMap<>(files));
  }

  /** Reads those that there are; {@code tokenizer.json} must be. */
  public static TokenizerFiles read(FileStore store) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (String name : List.of(TOKENIZER, CONFIG, SPECIAL_TOKENS, TEMPLATE, OLDER_TEMPLATE)) {
      if (store.info(name).isPresent()) {
        files.put(name, FileStores.read(store, name));
      }
    }
    if (!files.containsKey(TOKENIZER)) {
      throw new RequestException(
          store.location()
              + " has no "
              + TOKENIZER
              + ", which text is tokenized by. Transformers writes one:"
              + " AutoTokenizer.from_pretrained(\"MODEL\").save_pretrained(\"FOLDER\")");
    }
    FileStore templates = store.folder(TEMPLATES.substring(0, TEMPLATES.length() - 1));
    for (FileInfo file : templates.list()) {
      if (file.name().endsWith(".jinja")) {
        files.put(TEMPLATES + file.name(), FileStores.read(templates, file.name()));
      }
    }
    if (store.info(Checkpoint.CONFIG).isPresent()) {
      files.put(Checkpoint.CONFIG, modelKind(store));
    }
    return new TokenizerFiles(store.location(), files);
  }

  /** What of the model's config decides how it is tokenized. */
  private static byte[] modelKind(FileStore store) throws IOException {
    Json.Obj config =
        object(store.location(), Checkpoint.CONFIG, FileStores.read(store, Checkpoint.CONFIG));
    Map<String, Object> kind = new TreeMap<>();
    for (String name : List.of("model_type", "tokenizer_class")) {
      config.member(name).ifPresent(value -> kind.put(name, value));
    }
    return dev.sinter.json.JsonWriter.compact(Json.of(kind)).getBytes(StandardCharsets.UTF_8);
  }

  /** What tells this tokenizer from any other: a hash of all files, names included. */
  public String fingerprint() {
    MessageDigest sha256 = TensorWriter.sha256();
    files.forEach(
        (name, content) -> {
          sha256.update((name + "\n" + content.length + "\n").getBytes(StandardCharsets.UTF_8));
          sha256.update(content);
        });
    return HexFormat.of().formatHex(sha256.digest());
  }

  /** The small files alone: an open tokenizer needs no vocabulary in text. */
  TokenizerFiles withoutVocabulary() {
    Map<String, byte[]> small = new TreeMap<>(files);
    small.remove(TOKENIZER);
    return new TokenizerFiles(location, small);
  }

  /** A file's text, if there is one. */
  Optional<String> text(String name) {
    return Optional.ofNullable(files.get(name))
        .map(content -> new String(content, StandardCharsets.UTF_8));
  }

  /** A file's object; an empty one if there is no file. */
  Json.Obj object(String name) {
    return files.containsKey(name) ? object(location, name, files.get(name)) : Json.object();
  }

  private static Json.Obj object(String location, String name, byte[] content) {
    try {
      return JsonParser.parseObject(content);
    } catch (JsonSyntaxException e) {
      throw damaged(location, name, content, e.getMessage(), e);
    }
  }

  /** A file that is not JSON was most often cut short on its way. */
  static RequestException damaged(
      String location, String name, byte[] content, String why, Exception cause) {
    return new RequestException(
        location
            + "/"
            + name
            + " is not JSON: "
            + why
            + ". It has "
            + content.length
            + " bytes; download it again if it should have more",
        cause);
  }
}
