/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.output;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileInfo;
import dev.sinter.checkpoint.FileStore;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The files beside the weights that a result gets as they are: the checkpoint's, or where another
 * tokenizer is asked for, that one's in place of the checkpoint's.
 */
public final class CarriedFiles {
  private static final List<String> WEIGHTS =
      List.of(".safetensors", ".bin", ".pt", ".pth", ".gguf", ".onnx", ".h5", ".msgpack");

  /** What a tokenizer, or the processor around it, is saved as. */
  private static final Pattern TOKENIZER =
      Pattern.compile(
          "(?:tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab|chat_template"
              + "|processor_config|preprocessor_config)\\.json"
              + "|(?:vocab|merges)\\.txt|chat_template\\.jinja|[^/]*\\.model|[^/]*\\.tiktoken");

  private final Map<String, FileStore> files = new LinkedHashMap<>();
  private final List<String> leftBehind = new ArrayList<>();
  private final Map<String, Object> tokenizerFiles = new LinkedHashMap<>();

  private CarriedFiles() {}

  /** The files of a checkpoint, and of a tokenizer elsewhere; the result writes its own anew. */
  static CarriedFiles of(Checkpoint checkpoint, Optional<FileStore> tokenizer, Set<String> own)
      throws IOException {
    CarriedFiles carried = new CarriedFiles();
    for (FileInfo file : checkpoint.otherFiles()) {
      String name = file.name();
      boolean replaced = tokenizer.isPresent() && TOKENIZER.matcher(name).matches();
      if (!name.startsWith(".") && WEIGHTS.stream().noneMatch(name::endsWith)) {
        if (!replaced && !own.contains(name)) {
          carried.files.put(name, checkpoint.store());
        }
      } else if (!own.contains(name)) {
        carried.leftBehind.add(name);
      }
    }
    if (tokenizer.isPresent()) {
      carried.takeTokenizer(tokenizer.get());
    }
    return carried;
  }

  private void takeTokenizer(FileStore store) throws IOException {
    for (FileInfo file : store.list()) {
      if (TOKENIZER.matcher(file.name()).matches()) {
        files.put(file.name(), store);
        tokenizerFiles.put(
            file.name(), Json.object("size", file.size(), "version", file.version()));
      }
    }
    if (tokenizerFiles.isEmpty()) {
      throw new RequestException(
          "There is no tokenizer at "
              + store.location()
              + ": it has no file such as tokenizer.json");
    }
  }

  /** The names, and where each lies. */
  Map<String, FileStore> files() {
    return files;
  }

  /** Those that the result does not get, since they are weights in another form. */
  public List<String> leftBehind() {
    return List.copyOf(leftBehind);
  }

  /** What identifies a tokenizer from elsewhere; nothing if it is the checkpoint's. */
  public Json identity() {
    return tokenizerFiles.isEmpty() ? new Json.Null() : Json.of(tokenizerFiles);
  }
}
