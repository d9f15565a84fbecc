/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Torch;
import java.io.Serializable;
import java.util.Map;

/**
 * What every task of a run knows: where the checkpoint, the workspace and the output are, which
 * parameter lies where, and the settings that decide the bytes.
 */
public record RunContext(
    String checkpoint,
    String workspace,
    String output,
    Map<String, TensorEntry> parameters,
    DType dtype,
    int batchSize,
    int threads)
    implements Serializable {
  /** The folders of a workspace that tasks write to. */
  static final String SOLVED = "solved";

  static final String ACTIVATIONS = "activations";

  public RunContext {
    parameters = Map.copyOf(parameters);
  }

  /** To be called first by every task: threads are counted for each thread anew. */
  public void enterTask() {
    Torch.useThreads(threads);
  }

  FileStore checkpointStore() {
    return FileStores.at(checkpoint);
  }

  FileStore solvedStore() {
    return FileStores.at(workspace).folder(SOLVED);
  }

  FileStore activationStore() {
    return FileStores.at(workspace).folder(ACTIVATIONS);
  }

  FileStore outputStore() {
    return FileStores.at(output);
  }
}
