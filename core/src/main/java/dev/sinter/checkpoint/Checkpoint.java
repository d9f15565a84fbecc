/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.json.JsonSyntaxException;
import dev.sinter.problem.Problems;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A Hugging Face model folder, opened: its config, its tensors and where they lie, and its other
 * files. No tensor is read.
 */
public final class Checkpoint {
  public static final String CONFIG = "config.json";

  private final FileStore store;
  private final Json.Obj config;
  private final Map<String, TensorEntry> tensors;
  private final List<FileInfo> tensorFiles;
  private final List<FileInfo> otherFiles;

  private Checkpoint(
      FileStore store,
      Json.Obj config,
      Map<String, TensorEntry> tensors,
      List<FileInfo> tensorFiles,
      List<FileInfo> otherFiles) {
    this.store = store;
    this.config = config;
    this.tensors = java.util.Collections.unmodifiableMap(tensors);
    this.tensorFiles = List.copyOf(tensorFiles);
    this.otherFiles = List.copyOf(otherFiles);
  }

  /** Opens a folder: reads config, index and headers, and checks them against each other. */
  public static Checkpoint open(FileStore store) throws IOException {
    List<FileInfo> files = store.list();
    if (files.isEmpty()) {
      throw new RequestException(
          "There is no checkpoint at " + store.location() + ": the folder is missing or empty");
    }
    Json.Obj config = config(store);
    boolean indexed = store.info(CheckpointIndex.FILE).isPresent();
    Map<String, TensorEntry> tensors = indexed ? indexed(store) : single(store, files);
    List<String> tensorFileNames =
        tensors.values().stream().map(TensorEntry::file).distinct().toList();
    List<FileInfo> tensorFiles = new ArrayList<>();
    List<FileInfo> otherFiles = new ArrayList<>();
    for (FileInfo file : files) {
      if (tensorFileNames.contains(file.name())) {
        tensorFiles.add(file);
      } else if (!file.name().equals(CONFIG) && !file.name().equals(CheckpointIndex.FILE)) {
        otherFiles.add(file);
      }
    }
    return new Checkpoint(store, config, tensors, tensorFiles, otherFiles);
  }

  private static Json.Obj config(FileStore store) throws IOException {
    if (store.info(CONFIG).isEmpty()) {
      throw new RequestException(
          store.location()
              + " has no "
              + CONFIG
              + ": it is not a Hugging Face checkpoint, or its upload is not complete");
    }
    try {
      return JsonParser.parseObject(FileStores.read(store, CONFIG));
    } catch (JsonSyntaxException e) {
      throw new RequestException(store.location() + "/" + CONFIG + ": " + e.getMessage(), e);
    }
  }

  private static Map<String, TensorEntry> single(FileStore store, List<FileInfo> files)
      throws IOException {
    if (store.info(Shard.SINGLE_FILE).isEmpty()) {
      String found =
          files.stream().anyMatch(file -> file.name().endsWith(".bin"))
              ? " Its weights are PyTorch pickles; convert them to safetensors first."
              : "";
      throw new RequestException(
          store.location()
              + " has neither "
              + Shard.SINGLE_FILE
              + " nor "
              + CheckpointIndex.FILE
              + "."
              + found);
    }
    Map<String, TensorEntry> tensors = new LinkedHashMap<>();
    SafetensorsHeader.read(store, Shard.SINGLE_FILE)
        .tensors()
        .forEach(entry -> tensors.put(entry.name(), entry));
    return tensors;
  }

  /**
   * Every tensor of the index must lie in its shard, and every tensor of a shard must be in the
   * index.
   */
  private static Map<String, TensorEntry> indexed(FileStore store) throws IOException {
    CheckpointIndex index = CheckpointIndex.read(store);
    Problems problems = new Problems();
    Map<String, TensorEntry> tensors = new LinkedHashMap<>();
    Set<String> missingShards = new HashSet<>();
    Map<String, Optional<SafetensorsHeader>> headers = ShardHeaders.read(store, index.shards());
    for (String shard : index.shards()) {
      if (headers.get(shard).isEmpty()) {
        missingShards.add(shard);
        problems.add(store.location() + " lacks the shard " + shard + " that its index names");
        continue;
      }
      for (TensorEntry entry : headers.get(shard).get().tensors()) {
        String expected = index.shardOfTensor().get(entry.name());
        if (!shard.equals(expected)) {
          String instead =
              expected == null ? "the index does not name it" : "the index says " + expected;
          problems.add(shard + " holds the tensor " + entry.name() + ", but " + instead);
        }
        tensors.put(entry.name(), entry);
      }
    }
    for (Map.Entry<String, String> expected : index.shardOfTensor().entrySet()) {
      if (!tensors.containsKey(expected.getKey()) && !missingShards.contains(expected.getValue())) {
        problems.add(
            "The index says that "
                + expected.getValue()
                + " holds the tensor "
                + expected.getKey()
                + "; it does not");
      }
    }
    problems.throwIfAny();
    return tensors;
  }

  public FileStore store() {
    return store;
  }

  public Json.Obj config() {
    return config;
  }

  /** Every tensor, in the order of the files and of the bytes in them. */
  public Map<String, TensorEntry> tensors() {
    return tensors;
  }

  public Optional<TensorEntry> tensor(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /** Tokenizer, generation config and whatever else lies beside the model. */
  public List<FileInfo> otherFiles() {
    return otherFiles;
  }

  /** The bytes of all tensors. */
  public long tensorBytes() {
    return tensors.values().stream().mapToLong(entry -> entry.spec().bytes()).sum();
  }

  /**
   * What identifies this checkpoint without reading its tensors: each file's size and version, and
   * a hash of the names, types and places of all tensors.
   */
  public Json.Obj identity() {
    Map<String, Object> files = new TreeMap<>();
    Stream.concat(tensorFiles.stream(), otherFiles.stream())
        .forEach(
            file ->
                files.put(
                    file.name(), Json.object("size", file.size(), "version", file.version())));
    StringBuilder headers = new StringBuilder();
    tensors.values().forEach(entry -> headers.append(entry).append('\n'));
    byte[] configBytes =
        dev.sinter.json.JsonWriter.compact(config)
            .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    return Json.object(
        "config_sha256", TensorWriter.sha256Hex(configBytes),
        "headers_sha256",
            TensorWriter.sha256Hex(
                headers.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8)),
        "files", files);
  }

  /** The index of a set of shards, and its file name; a single shard needs none. */
  public static Optional<IndexFile> indexOf(List<Shard> shards) {
    return shards.size() == 1
        ? Optional.empty()
        : Optional.of(new IndexFile(CheckpointIndex.FILE, CheckpointIndex.json(shards)));
  }

  /** An index to be written. */
  public record IndexFile(String name, String json) {}
}
