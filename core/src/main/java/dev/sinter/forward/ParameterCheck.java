/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.forward;

import dev.sinter.architecture.Architectures;
import dev.sinter.architecture.ModelConfig;
import dev.sinter.architecture.TraceOptions;
import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Parameter;
import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import dev.sinter.problem.Problems;
import dev.sinter.problem.RequestException;
import dev.sinter.tensor.Shape;
import dev.sinter.weight.CheckpointWeights;
import dev.sinter.weight.ParameterSource;
import dev.sinter.weight.StoredParameters;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Holds a graph's parameters against a checkpoint's tensors, before anything runs. */
public final class ParameterCheck {

  /** Samples that are wrong are wrong alike: a few of them tell it. */
  private static final int ENOUGH_PROBLEMS = 3;

  private ParameterCheck() {}

  /** The graph of a model that is to be run, with the names that the checkpoint has. */
  public static Graph trace(Checkpoint checkpoint, ModelConfig config) {
    return Architectures.of(config)
        .orElseThrow(() -> new RequestException(unknown(config, "")))
        .trace(config, TraceOptions.of(checkpoint.tensors().keySet()));
  }

  private static String unknown(ModelConfig config, String why) {
    return why
        + "model_type \""
        + config.modelType()
        + "\" cannot be run by this version, only "
        + Architectures.modelTypes()
        + "; docs/adding-an-architecture.md says how to add one";
  }

  /** The graph of a model that is to be calibrated. */
  static Graph requireGraph(Optional<Graph> graph, ModelConfig config) {
    if (graph.isEmpty()) {
      // A known family whose config cannot be traced says itself why.
      Architectures.of(config).ifPresent(family -> family.trace(config, TraceOptions.USUAL));
      throw new RequestException(
          unknown(config, "The recipe needs calibration, and ")
              + ". Schemes without calibration work for any model: use QuantizationModifier");
    }
    return graph.get();
  }

  /** Every module that is to be calibrated must be part of what is run. */
  static void requireRun(Graph graph, List<String> calibrated) {
    Set<String> run = new HashSet<>();
    graph.modules().forEach(module -> run.add(module.name()));
    graph.nodes().forEach(node -> run.add(node.module()));
    Problems problems = new Problems();
    calibrated.stream()
        .filter(module -> !run.contains(module))
        .forEach(
            module ->
                problems.add(
                    module
                        + " would be calibrated, but is no part of the model that config.json describes. Add it to ignore"));
    problems.throwIfAny();
  }

  /** Where each parameter lies; a missing or misshapen one is a problem. */
  public static Map<String, ParameterSource> entries(
      Graph graph, Checkpoint checkpoint, CheckpointWeights weights) {
    StoredParameters stored = new StoredParameters(checkpoint, weights);
    Problems problems = new Problems();
    Map<String, ParameterSource> entries = new HashMap<>();
    weights.problems().forEach(problems::add);
    for (Parameter parameter : graph.parameters()) {
      Optional<ParameterSource> source = stored.find(parameter);
      if (source.isEmpty() && graph.ties().containsKey(parameter.name())) {
        source = stored.find(parameter.at(graph.ties().get(parameter.name())));
      }
      if (source.isEmpty()) {
        problems.add(
            "The checkpoint lacks the tensor "
                + parameter.name()
                + " "
                + parameter.storedShape()
                + " that its config asks for");
      } else if (!source.get().shape().equals(parameter.shape())) {
        problems.add(
            "The tensor "
                + parameter.name()
                + " has the shape "
                + source.get().storedShape()
                + "; config.json asks for "
                + parameter.storedShape());
      } else {
        entries.put(parameter.name(), source.get());
      }
    }
    problems.throwIfAny();
    return entries;
  }

  /**
   * Samples that have one length must fit the model's positions, which shows before any is read.
   */
  public static void requireLength(OptionalInt length, Graph graph, ModelConfig config) {
    long positions = positions(graph, config);
    config.requireValid();
    if (length.orElse(0) > positions) {
      throw new RequestException("Samples have " + tooLong(length.getAsInt(), positions));
    }
  }

  private static long positions(Graph graph, ModelConfig config) {
    long said = config.optionalSize("max_position_embeddings").orElse(Integer.MAX_VALUE);
    return Math.min(said, graph.positions().orElse(said));
  }

  private static String tooLong(int length, long positions) {
    return length
        + " tokens; the model has "
        + positions
        + " positions. Give --max-seq-length "
        + positions
        + " or less";
  }

  /**
   * Every id must be a row of the embedding, no sample longer than the model's positions, and no
   * micro-batch's activations more than an array holds.
   */
  public static void requireSamples(
      List<int[]> samples,
      Graph graph,
      ModelConfig config,
      int batchSize,
      List<Subgraph> subgraphs) {
    Shape embedding = graph.embedding().shape();
    long positions = positions(graph, config);
    config.requireValid();
    Problems problems = new Problems();
    for (int i = 0; i < samples.size() && problems.found().size() < ENOUGH_PROBLEMS; i++) {
      requireSample(i, samples.get(i), embedding.dimension(0), positions, problems);
    }
    long longest = samples.stream().mapToLong(sample -> sample.length).max().orElse(0);
    if (longest * batchSize * widest(subgraphs) * Float.BYTES > Integer.MAX_VALUE) {
      problems.add(
          "A micro-batch of "
              + batchSize
              + " samples of "
              + longest
              + " tokens has activations of more than 2 GiB. Give a smaller --batch-size or --max-seq-length");
    }
    problems.throwIfAny();
  }

  /** The channels of all that passes from one of these subgraphs to what follows, at most. */
  private static long widest(List<Subgraph> subgraphs) {
    return subgraphs.stream()
        .mapToLong(subgraph -> subgraph.outputs().stream().mapToLong(Value::channels).sum())
        .max()
        .orElse(1);
  }

  private static void requireSample(
      int index, int[] sample, long vocabulary, long positions, Problems problems) {
    if (sample.length > positions) {
      problems.add("Sample " + index + " has " + tooLong(sample.length, positions));
    }
    Arrays.stream(sample)
        .filter(id -> id < 0 || id >= vocabulary)
        .findFirst()
        .ifPresent(
            id ->
                problems.add(
                    "Sample "
                        + index
                        + " holds the token id "
                        + id
                        + "; the model's vocabulary has "
                        + vocabulary
                        + " entries. Was it tokenized for another model?"));
  }
}
