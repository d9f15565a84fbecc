/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.plan.OutputSettings;
import dev.sinter.problem.RequestException;
import dev.sinter.recipe.Recipe;
import dev.sinter.session.SampleSource;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Optional;

/**
 * What a oneshot run is asked to do.
 *
 * @param model the checkpoint's location
 * @param output where the result goes
 * @param workspace where work in progress is kept
 * @param samples the calibration set, if there is one
 * @param tokenizer where the tokenizer is that the result gets, if it is not the checkpoint's
 */
public record OneshotRequest(
    String model,
    String output,
    String workspace,
    Recipe recipe,
    Optional<SampleSource> samples,
    Settings settings,
    Optional<String> tokenizer) {

  /** With the checkpoint's own tokenizer. */
  public OneshotRequest(
      String model,
      String output,
      String workspace,
      Recipe recipe,
      Optional<SampleSource> samples,
      Settings settings) {
    this(model, output, workspace, recipe, samples, settings, Optional.empty());
  }

  /** The same with another tokenizer, if there is one. */
  public OneshotRequest withTokenizer(Optional<String> other) {
    return new OneshotRequest(model, output, workspace, recipe, samples, settings, other);
  }

  /** The same with other settings. */
  public OneshotRequest withSettings(Settings other) {
    return new OneshotRequest(model, output, workspace, recipe, samples, other, tokenizer);
  }

  /**
   * Where a run works that writes to an output: in a hidden folder of the output, or in a folder of
   * its own inside the one that is given, which may hold other things and other runs.
   */
  public static String workspace(String output, Optional<String> given) {
    if (given.isEmpty()) {
      return FileStores.at(output).folder(".sinter").location();
    }
    byte[] name = FileStores.at(output).location().getBytes(StandardCharsets.UTF_8);
    String folder = "sinter-" + TensorWriter.sha256Hex(name).substring(0, 16);
    return FileStores.at(given.get()).folder(folder).location();
  }

  /** Whether a notice of the plan stops the run. */
  public enum Strictness {
    STRICT,
    LENIENT;

    /** Refuses a request for its notices, if it is strict and there are any. */
    public void check(Collection<String> notices) {
      if (this == STRICT && !notices.isEmpty()) {
        throw new RequestException(notices.stream().map(notice -> "--strict: " + notice).toList());
      }
    }
  }

  /** What to do with unfinished work that lies in the workspace. */
  public enum Leftovers {
    RESUME,
    CLEAN
  }

  /**
   * Settings that come from the request and never from the cluster.
   *
   * @param output the form of the result
   * @param slices into how many slices the calibration set is cut
   * @param batchSize sequences in a micro-batch
   * @param threads threads of one task's arithmetic
   * @param checkpointInterval after how many subgraphs activations are saved
   * @param traversal how calibration data goes through the model
   */
  public record Settings(
      OutputSettings output,
      int slices,
      int batchSize,
      int threads,
      int checkpointInterval,
      Traversal traversal,
      Strictness strictness,
      Leftovers leftovers) {

    public Settings withOutput(OutputSettings other) {
      return new Settings(
          other, slices, batchSize, threads, checkpointInterval, traversal, strictness, leftovers);
    }

    public Settings withLeftovers(Leftovers other) {
      return new Settings(
          output, slices, batchSize, threads, checkpointInterval, traversal, strictness, other);
    }

    public Settings withSlices(int otherSlices, int otherBatchSize) {
      return new Settings(
          output,
          otherSlices,
          otherBatchSize,
          threads,
          checkpointInterval,
          traversal,
          strictness,
          leftovers);
    }

    public Settings withTraversal(Traversal other) {
      return new Settings(
          output, slices, batchSize, threads, checkpointInterval, other, strictness, leftovers);
    }

    public Settings withCheckpointInterval(int other) {
      return new Settings(
          output, slices, batchSize, threads, other, traversal, strictness, leftovers);
    }

    /** The defaults of the command line. */
    public static final Settings DEFAULT =
        new Settings(
            OutputSettings.DEFAULT,
            16,
            8,
            1,
            8,
            Traversal.USUAL,
            Strictness.LENIENT,
            Leftovers.RESUME);
  }
}
