/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One tensor file of a checkpoint: its name and what it will hold, fixed before it is written. */
public record Shard(String file, SafetensorsLayout layout) implements Serializable {
  public static final String SINGLE_FILE = "model.safetensors";

  /**
   * Cuts groups of tensors, in their order, into shards of at most that many bytes of tensors; a
   * larger group has a shard to itself. The names are those that every client of the format knows.
   */
  public static List<Shard> plan(List<List<TensorSpec>> groups, long maxShardBytes) {
    if (maxShardBytes <= 0) {
      throw new IllegalArgumentException(
          "A shard of at most " + maxShardBytes + " bytes holds no tensor");
    }
    List<List<TensorSpec>> shards = new ArrayList<>();
    List<TensorSpec> shard = new ArrayList<>();
    long bytes = 0;
    for (List<TensorSpec> group : groups) {
      long groupBytes = group.stream().mapToLong(TensorSpec::bytes).sum();
      if (!shard.isEmpty() && bytes + groupBytes > maxShardBytes) {
        shards.add(shard);
        shard = new ArrayList<>();
        bytes = 0;
      }
      shard.addAll(group);
      bytes += groupBytes;
    }
    shards.add(shard);
    List<Shard> planned = new ArrayList<>();
    for (int i = 0; i < shards.size(); i++) {
      planned.add(new Shard(name(i, shards.size()), SafetensorsLayout.streamed(shards.get(i))));
    }
    return planned;
  }

  /** Whether a file's name is one that {@link #plan} gives. */
  public static boolean isShardName(String name) {
    return name.matches("model(-[0-9]{5,}-of-[0-9]{5,})?\\.safetensors");
  }

  private static String name(int index, int count) {
    return count == 1
        ? SINGLE_FILE
        : String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", index + 1, count);
  }
}
