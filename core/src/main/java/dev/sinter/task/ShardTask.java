/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.checkpoint.SafetensorsHeader;
import dev.sinter.checkpoint.Shard;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.checkpoint.WrittenFile;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes one shard of the output in a stream: each tensor is copied from the checkpoint, or from
 * the files of the workspace that hold its blocks of rows, in their order.
 */
public record ShardTask(
    Shard shard, Map<String, TensorEntry> copied, Map<String, List<String>> solvedFiles)
    implements Serializable {
  private static final int BUFFER_BYTES = 4 << 20;

  public ShardTask {
    copied = Map.copyOf(copied);
    solvedFiles = Map.copyOf(solvedFiles);
  }

  public WrittenFile write(RunContext run) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    Map<String, Map<String, TensorEntry>> headers = new HashMap<>();
    try (TensorReader checkpoint = new TensorReader(run.checkpointStore());
        TensorReader solved = new TensorReader(run.solvedStore());
        TensorWriter writer = new TensorWriter(run.outputStore(), shard.file(), shard.layout())) {
      for (TensorSpec spec : shard.layout().tensors()) {
        writer.begin(spec);
        if (copied.containsKey(spec.name())) {
          checkpoint.copy(copied.get(spec.name()), writer, buffer);
          continue;
        }
        for (String file : solvedFiles.get(spec.name())) {
          if (!headers.containsKey(file)) {
            headers.put(file, entries(run, file));
          }
          TensorEntry block = headers.get(file).get(spec.name());
          // What describes a whole module lies in its first block alone.
          if (block != null) {
            solved.copy(block, writer, buffer);
          }
        }
      }
      return writer.commit();
    }
  }

  private static Map<String, TensorEntry> entries(RunContext run, String file) throws IOException {
    Map<String, TensorEntry> entries = new HashMap<>();
    SafetensorsHeader.read(run.solvedStore(), file)
        .tensors()
        .forEach(entry -> entries.put(entry.name(), entry));
    return entries;
  }
}
