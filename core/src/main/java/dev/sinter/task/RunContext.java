/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Torch;
import dev.sinter.weight.ActivationPoint;
import dev.sinter.weight.ParameterSource;
import dev.sinter.weight.StoredActivation;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What every task of a run knows: where the checkpoint, the workspace and the output are, which
 * parameter lies where, which activations are rounded as the checkpoint wants it, and the settings
 * that decide the bytes. The id is another for each start of a driver: what a JVM kept for an
 * earlier start is not used again.
 */
public record RunContext(
    String runId,
    String checkpoint,
    String workspace,
    String output,
    Map<String, ParameterSource> parameters,
    Map<ActivationPoint, StoredActivation> activations,
    DType dtype,
    int batchSize,
    int threads)
    implements Serializable {
  /** The folders of a workspace that tasks write to. */
  public static final String SOLVED = "solved";

  static final String ACTIVATIONS = "activations";

  public RunContext {
    parameters = Map.copyOf(parameters);
    activations = Map.copyOf(activations);
  }

  /**
   * The same run for tasks that read none of the model's parameters, so that the list of them need
   * not travel.
   */
  public RunContext withoutParameters() {
    return restrictedTo(Set.of(), Set.of());
  }

  /** The same run with other sources of parameters, which nothing kept of it before stands for. */
  public RunContext withParameters(String version, Map<String, ParameterSource> other) {
    return new RunContext(
        version, checkpoint, workspace, output, other, activations, dtype, batchSize, threads);
  }

  /**
   * The same run with activations rounded as clients of its result will, which nothing kept of it
   * before stands for.
   */
  public RunContext withActivations(
      String version, Map<ActivationPoint, StoredActivation> rounded) {
    return new RunContext(
        version, checkpoint, workspace, output, parameters, rounded, dtype, batchSize, threads);
  }

  /** The same run with what is stored of some parameters, and of some modules' activations. */
  RunContext restrictedTo(Set<String> names, Set<String> modules) {
    Map<String, ParameterSource> some = new HashMap<>(parameters);
    some.keySet().retainAll(names);
    Map<ActivationPoint, StoredActivation> points = new HashMap<>(activations);
    points.keySet().removeIf(point -> !modules.contains(point.module()));
    return new RunContext(
        runId, checkpoint, workspace, output, some, points, dtype, batchSize, threads);
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
