/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.checkpoint.FileInfo;
import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.TensorWriter;
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
  static final String TEMPLATES = "additional_chat_templates";

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
    FileStore templates = store.folder(TEMPLATES);
    for (FileInfo file : templates.list()) {
      if (file.name().endsWith(".jinja")) {
        files.put(TEMPLATES + "/" + file.name(), FileStores.read(templates, file.name()));
      }
    }
    return new TokenizerFiles(store.location(), files);
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

  Optional<byte[]> file(String name) {
    return Optional.ofNullable(files.get(name));
  }
}
