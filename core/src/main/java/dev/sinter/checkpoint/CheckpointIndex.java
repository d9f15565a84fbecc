/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.json.JsonSyntaxException;
import dev.sinter.json.JsonWriter;
import dev.sinter.problem.Problems;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which shard holds which tensor: {@code model.safetensors.index.json}. */
record CheckpointIndex(Map<String, String> shardOfTensor) {
  static final String FILE = "model.safetensors.index.json";
  private static final int MAX_BYTES = 256 << 20;

  /** Reads and checks the index of a folder that has one. */
  static CheckpointIndex read(FileStore store) throws IOException {
    long size = store.info(FILE).map(FileInfo::size).orElse(0L);
    if (size > MAX_BYTES) {
      throw new RequestException(
          FILE + " has " + size + " bytes; at most " + MAX_BYTES + " are read");
    }
    Json.Obj index;
    try {
      index = JsonParser.parseObject(FileStores.read(store, FILE));
    } catch (JsonSyntaxException e) {
      throw new RequestException(FILE + ": " + e.getMessage(), e);
    }
    Json map =
        index
            .member("weight_map")
            .orElseThrow(() -> new RequestException(FILE + " has no \"weight_map\""));
    if (!(map instanceof Json.Obj weights)) {
      throw new RequestException(FILE + ": \"weight_map\" is not a map from tensors to shards");
    }
    Problems problems = new Problems();
    Map<String, String> shards = new LinkedHashMap<>();
    weights.members().forEach((tensor, shard) -> add(tensor, shard, shards, problems));
    problems.throwIfAny();
    return new CheckpointIndex(shards);
  }

  private static void add(
      String tensor, Json shard, Map<String, String> shards, Problems problems) {
    if (shard instanceof Json.Str name && FileNames.isShard(name.value())) {
      shards.put(tensor, name.value());
    } else {
      problems.add(
          FILE
              + ": tensor "
              + tensor
              + " is said to lie in "
              + JsonWriter.compact(shard)
              + "; a shard is a file beside the index whose name ends in .safetensors");
    }
  }

  List<String> shards() {
    return List.copyOf(new TreeSet<>(shardOfTensor.values()));
  }

  /** The index of shards that are written, as the peers write it. */
  static String json(List<Shard> shards) {
    Map<String, Object> weightMap = new TreeMap<>();
    long totalBytes = 0;
    for (Shard shard : shards) {
      shard.layout().tensors().forEach(tensor -> weightMap.put(tensor.name(), shard.file()));
      totalBytes += shard.layout().tensorBytes();
    }
    return JsonWriter.pretty(
        Json.object("metadata", Json.object("total_size", totalBytes), "weight_map", weightMap));
  }
}
