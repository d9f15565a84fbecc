/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.forward;

import dev.sinter.architecture.ModelConfig;
import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Partitioner;
import dev.sinter.graph.Subgraph;
import dev.sinter.plan.Calibration;
import dev.sinter.plan.Plan;
import dev.sinter.problem.Problems;
import dev.sinter.problem.RequestException;
import dev.sinter.task.RunContext;
import dev.sinter.tensor.DType;
import dev.sinter.weight.ActivationPoint;
import dev.sinter.weight.CheckpointWeights;
import dev.sinter.weight.ParameterSource;
import dev.sinter.weight.StoredActivation;
import dev.sinter.weight.StoredActivations;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A checkpoint that is known to run: its graph, and where everything lies that the graph needs. */
public record RunnableModel(
    Checkpoint checkpoint,
    ModelConfig config,
    Graph graph,
    Map<String, ParameterSource> parameters,
    Map<ActivationPoint, StoredActivation> activations,
    DType dtype) {

  /** The type that a model is run in whose config does not say it. */
  private static final DType USUAL = DType.BF16;

  /** Opens a model; everything that keeps it from running is said at once. */
  public static RunnableModel open(String location, Optional<DType> dtype) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(FileStores.at(location));
    ModelConfig config = new ModelConfig(checkpoint.config());
    Graph graph = ParameterCheck.trace(checkpoint, config);
    CheckpointWeights weights = CheckpointWeights.of(checkpoint);
    var parameters = ParameterCheck.entries(graph, checkpoint, weights);
    Problems problems = new Problems();
    var activations =
        StoredActivations.of(checkpoint, weights, graph.modules(), graph.attentions(), problems);
    problems.throwIfAny();
    DType type = dtype.or(config::dtype).or(config::textDtype).orElse(USUAL);
    config.requireValid();
    return new RunnableModel(checkpoint, config, graph, parameters, activations, type);
  }

  /** The model that a plan calibrates, run as what its codes stand for, if it is in codes. */
  public static RunnableModel calibrated(Plan plan, Checkpoint checkpoint, Optional<DType> dtype) {
    ModelConfig config = new ModelConfig(checkpoint.config());
    Graph graph = ParameterCheck.requireGraph(plan.graph(), config);
    // What is missing is told before what is there and not used: both may be one misspelt name.
    var parameters = ParameterCheck.entries(graph, checkpoint, CheckpointWeights.of(checkpoint));
    Calibration calibration = plan.calibration();
    ParameterCheck.requireRun(graph, calibration.moduleNames());
    DType stored = calibration.storedType();
    DType type = dtype.or(config::dtype).orElse(stored);
    config.requireValid();
    return new RunnableModel(checkpoint, config, graph, parameters, Map.of(), type);
  }

  /**
   * Why a plan cannot be calibrated, in the words that refuse it; nothing if it can or need not.
   */
  public static List<String> refusals(Plan plan, Checkpoint checkpoint) {
    if (!plan.calibration().isEmpty()) {
      try {
        calibrated(plan, checkpoint, Optional.empty());
      } catch (RequestException e) {
        return e.problems();
      }
    }
    return List.of();
  }

  /** The subgraphs that it is run by: what stands before the layers, each layer, what is behind. */
  public List<Subgraph> subgraphs() {
    return Partitioner.layers(graph);
  }

  /** How many token ids it knows. */
  public long vocabulary() {
    return graph.embedding().shape().dimension(0);
  }

  /** What every task knows that runs the model. */
  public RunContext context(String runId, String workspace, int batchSize, int threads) {
    return new RunContext(
        runId,
        checkpoint.store().location(),
        workspace,
        workspace,
        parameters,
        activations,
        dtype,
        batchSize,
        threads);
  }
}
