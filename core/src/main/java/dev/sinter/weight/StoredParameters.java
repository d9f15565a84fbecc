/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.graph.Parameter;
import dev.sinter.graph.Parameter.Storage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A checkpoint's parameters by the names that a model has for them: experts apart and weights
 * dense, however they are stored.
 */
public final class StoredParameters {
  private final Checkpoint checkpoint;
  private final Map<String, ModuleSource> modules;
  private final Map<String, DenseTensor> biases = new HashMap<>();

  public StoredParameters(Checkpoint checkpoint, CheckpointWeights weights) {
    this.checkpoint = checkpoint;
    this.modules = weights.modules();
    for (ExpertStack stack : weights.stacks().values()) {
      stack.biases().forEach(bias -> biases.put(bias.spec().name(), bias));
    }
  }

  /** Where a parameter is, if the checkpoint has it. */
  public Optional<ParameterSource> find(Parameter parameter) {
    Optional<ParameterSource> plain =
        checkpoint
            .tensor(parameter.name())
            .filter(entry -> entry.spec().dtype().isDenseFloat())
            .map(ParameterSource.Plain::new);
    if (plain.isPresent() && parameter.storage() == Storage.TRANSPOSED) {
      return plain.map(ParameterSource.Transposed::new);
    }
    // Codes are always of [outputs, inputs].
    return plain.or(() -> weight(parameter.name())).or(() -> bias(parameter.name()));
  }

  private Optional<ParameterSource> weight(String name) {
    if (!name.endsWith(CheckpointWeights.WEIGHT)) {
      return Optional.empty();
    }
    String module = name.substring(0, name.length() - CheckpointWeights.WEIGHT.length());
    return Optional.ofNullable(modules.get(module))
        .map(ModuleSource::weight)
        .map(weight -> new ParameterSource.Matrices(weight.shape(), List.of(weight)));
  }

  private Optional<ParameterSource> bias(String name) {
    return Optional.ofNullable(biases.get(name))
        .map(bias -> new ParameterSource.Matrices(bias.spec().shape(), bias.matrices()));
  }
}
