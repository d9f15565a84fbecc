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
  private static final String HEAD = "lm_head";
  private static final Set<String> HEADS = Set.of(HEAD, "embed_out", "output_layer");

  /** Models around a language model keep its head beside its body, not beside their own. */
  private static final String INNER = "language_model.";

  private static final String TIED = "tie_word_embeddings";
  private static final Set<String> EMBEDDINGS = Set.of("embed_tokens", "wte", "embed_in");

  private final String name;
  private final boolean tied;
  private final boolean headStored;
  private final Optional<String> embedding;
  private final CheckpointWeights weights;
  private final Set<String> quantized;

  TiedHead(Checkpoint checkpoint, CheckpointWeights weights, Set<String> quantized) {
    this.embedding =
        quantized.stream()
            .filter(name -> EMBEDDINGS.contains(name.substring(name.lastIndexOf('.') + 1)))
            .findFirst();
    this.name =
        embedding.filter(found -> found.startsWith(INNER)).map(found -> INNER).orElse("") + HEAD;
    this.headStored = weights.modules().keySet().stream().anyMatch(TiedHead::isHead);
    Json stated = checkpoint.config().members().getOrDefault(TIED, new Json.Null());
    // Many families tie unless told otherwise, and a head without a weight can be nothing else.
    this.tied = stated.equals(new Json.Bool(true)) || (stated instanceof Json.Null && !headStored);
    this.weights = weights;
    this.quantized = quantized;
  }

  private static boolean isHead(String module) {
    return module.equals("output") || HEADS.contains(module.substring(module.lastIndexOf('.') + 1));
  }

  /** The name of the head's module. */
  String name() {
    return name;
  }

  /** The head's own weight, where the embedding is quantized that was its weight before. */
  Optional<WeightSource> copy() {
    return tied && !headStored
        ? embedding.map(name -> weights.modules().get(name).weight())
        : Optional.empty();
  }

  /** The config, which ties them no longer if either is quantized. */
  Json.Obj untied(Json.Obj config, List<String> notices) {
    Optional<String> head = quantized.stream().filter(TiedHead::isHead).findFirst();
    if (!tied || (embedding.isEmpty() && head.isEmpty())) {
      return config;
    }
    notices.add(
        head.or(() -> embedding).orElseThrow()
            + " is quantized and so no longer tied to the "
            + (head.isPresent() ? "embedding: " : name + ": ")
            + TIED
            + " becomes false");
    Json.Obj untied = config.with(TIED, new Json.Bool(false));
    return untied.member("text_config").orElse(null) instanceof Json.Obj text
            && text.members().containsKey(TIED)
        ? untied.with("text_config", text.with(TIED, new Json.Bool(false)))
        : untied;
  }
}
