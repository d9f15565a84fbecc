/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.architecture.Architectures;
import dev.sinter.architecture.ModelConfig;
import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Parameter;
import dev.sinter.problem.Problems;
import dev.sinter.problem.RequestException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Holds a graph's parameters against a checkpoint's tensors, before anything runs. */
final class ParameterCheck {
  private static final String HEAD = "lm_head.weight";
  private static final String EMBEDDING = "model.embed_tokens.weight";

  private ParameterCheck() {}

  static Graph requireGraph(Optional<Graph> graph, ModelConfig config) {
    return graph.orElseThrow(
        () ->
            new RequestException(
                "The recipe needs calibration, and model_type \""
                    + config.modelType()
                    + "\" cannot be run by this version, only "
                    + Architectures.modelTypes()
                    + ". Schemes without calibration work for any model: use QuantizationModifier"));
  }

  /** Where each parameter lies; a missing or misshapen tensor is a problem. */
  static Map<String, TensorEntry> entries(Graph graph, Checkpoint checkpoint, ModelConfig config) {
    boolean tied = config.flag("tie_word_embeddings", false);
    config.requireValid();
    Problems problems = new Problems();
    Map<String, TensorEntry> entries = new HashMap<>();
    for (Parameter parameter : graph.parameters()) {
      Optional<TensorEntry> entry = checkpoint.tensor(parameter.name());
      if (entry.isEmpty() && tied && parameter.name().equals(HEAD)) {
        entry = checkpoint.tensor(EMBEDDING);
      }
      if (entry.isEmpty()) {
        problems.add(
            "The checkpoint lacks the tensor "
                + parameter.name()
                + " "
                + parameter.shape()
                + " that its config asks for");
      } else if (!entry.get().spec().shape().equals(parameter.shape())) {
        problems.add(
            "The tensor "
                + parameter.name()
                + " has the shape "
                + entry.get().spec().shape()
                + "; config.json asks for "
                + parameter.shape());
      } else {
        entries.put(parameter.name(), entry.get());
      }
    }
    problems.throwIfAny();
    return entries;
  }

  /** Every id must be a row of the embedding, and no sample longer than the model's positions. */
  static void requireSamples(Iterable<int[]> samples, Graph graph, ModelConfig config) {
    long vocabulary =
        graph.parameters().stream()
            .filter(parameter -> parameter.name().equals(EMBEDDING))
            .mapToLong(parameter -> parameter.shape().dimension(0))
            .findFirst()
            .orElse(Long.MAX_VALUE);
    long positions = config.optionalSize("max_position_embeddings").orElse(Integer.MAX_VALUE);
    config.requireValid();
    Problems problems = new Problems();
    int index = 0;
    for (int[] sample : samples) {
      if (sample.length > positions) {
        problems.add(
            "Sample "
                + index
                + " has "
                + sample.length
                + " tokens; the model has "
                + positions
                + " positions. Give --max-seq-length "
                + positions
                + " or less");
      }
      for (int id : sample) {
        if (id < 0 || id >= vocabulary) {
          problems.add(
              "Sample "
                  + index
                  + " holds the token id "
                  + id
                  + "; the model's vocabulary has "
                  + vocabulary
                  + " entries. Was it tokenized for another model?");
          break;
        }
      }
      index++;
    }
    problems.throwIfAny();
  }
}
