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
   * Cuts tensors, in their order, into shards of at most that many bytes of tensors; a larger
   * tensor has a shard to itself. The names are those that every client of the format knows.
   */
  public static List<Shard> plan(List<TensorSpec> tensors, long maxShardBytes) {
    if (maxShardBytes <= 0) {
      throw new IllegalArgumentException(
          "A shard of at most " + maxShardBytes + " bytes holds no tensor");
    }
    List<List<TensorSpec>> groups = new ArrayList<>();
    List<TensorSpec> group = new ArrayList<>();
    long bytes = 0;
    for (TensorSpec tensor : tensors) {
      if (!group.isEmpty() && bytes + tensor.bytes() > maxShardBytes) {
        groups.add(group);
        group = new ArrayList<>();
        bytes = 0;
      }
      group.add(tensor);
      bytes += tensor.bytes();
    }
    groups.add(group);
    List<Shard> shards = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      shards.add(new Shard(name(i, groups.size()), SafetensorsLayout.of(groups.get(i))));
    }
    return shards;
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
