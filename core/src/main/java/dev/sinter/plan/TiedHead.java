/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.json.Json;
import dev.sinter.weight.CheckpointWeights;
import dev.sinter.weight.WeightSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A head that is the embedding: with codes for either, they are two. */
final class TiedHead {
  static final String NAME = "lm_head";
  private static final String TIED = "tie_word_embeddings";
  private static final Set<String> EMBEDDINGS = Set.of("embed_tokens", "wte", "embed_in");

  private final boolean tied;
  private final boolean headStored;
  private final Optional<String> embedding;
  private final CheckpointWeights weights;
  private final Set<String> quantized;

  TiedHead(Checkpoint checkpoint, CheckpointWeights weights, Set<String> quantized) {
    this.tied = new Json.Bool(true).equals(checkpoint.config().members().get(TIED));
    this.headStored = weights.modules().containsKey(NAME);
    this.embedding =
        quantized.stream()
            .filter(name -> EMBEDDINGS.contains(name.substring(name.lastIndexOf('.') + 1)))
            .findFirst();
    this.weights = weights;
    this.quantized = quantized;
  }

  /** The head's own weight, where the embedding is quantized that was its weight before. */
  Optional<WeightSource> copy() {
    return tied && !headStored
        ? embedding.map(name -> weights.modules().get(name).weight())
        : Optional.empty();
  }

  /** The config, which ties them no longer if either is quantized. */
  Json.Obj untied(Json.Obj config, List<String> notices) {
    boolean parted = embedding.isPresent() || quantized.contains(NAME);
    if (!tied || !parted) {
      return config;
    }
    notices.add(
        (quantized.contains(NAME) ? NAME : embedding.orElseThrow())
            + " is quantized and so no longer tied to the "
            + (quantized.contains(NAME) ? "embedding: " : NAME + ": ")
            + TIED
            + " becomes false");
    return config.with(TIED, new Json.Bool(false));
  }
}
