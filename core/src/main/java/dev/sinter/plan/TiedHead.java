/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.json.Json;
import dev.sinter.plan.OutputSettings.Ties;
import dev.sinter.problem.RequestException;
import dev.sinter.weight.CheckpointWeights;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A head that is the embedding: with codes for either, or if one wants it so, they are two. */
final class TiedHead {
  private static final String HEAD = "lm_head";
  private static final Set<String> HEADS = Set.of(HEAD, "embed_out", "output_layer");

  /** Models around a language model keep its head beside its body, not beside their own. */
  private static final String INNER = "language_model.";

  private static final String TIED = "tie_word_embeddings";
  private static final Set<String> EMBEDDINGS = Set.of("embed_tokens", "wte", "embed_in");

  private final CheckpointWeights weights;
  private final Ties ties;
  private final boolean tied;
  private final boolean headStored;

  TiedHead(Checkpoint checkpoint, CheckpointWeights weights, Ties ties) {
    this.weights = weights;
    this.ties = ties;
    this.headStored = weights.modules().keySet().stream().anyMatch(TiedHead::isHead);
    Json stated = checkpoint.config().members().getOrDefault(TIED, new Json.Null());
    // Many families tie unless told otherwise, and a head without a weight can be nothing else.
    this.tied = stated.equals(new Json.Bool(true)) || (stated instanceof Json.Null && !headStored);
  }

  private static boolean isHead(String module) {
    return module.equals("output") || HEADS.contains(module.substring(module.lastIndexOf('.') + 1));
  }

  private static Optional<String> embedding(Set<String> modules) {
    return modules.stream()
        .filter(name -> EMBEDDINGS.contains(name.substring(name.lastIndexOf('.') + 1)))
        .findFirst();
  }

  /** Whether the head is to get a weight of its own that the checkpoint does not have. */
  private boolean isCut() {
    return ties == Ties.CUT && tied && !headStored;
  }

  /** The weights of the model, with that of the head where it is cut off. */
  CheckpointWeights weights() {
    if (!isCut()) {
      return weights;
    }
    String embedding =
        embedding(weights.modules().keySet())
            .orElseThrow(
                () ->
                    new RequestException(
                        "The head cannot be untied from the embedding: none of the checkpoint's modules is called "
                            + EMBEDDINGS.stream().sorted().toList()));
    return weights.withCopy(name(embedding), embedding);
  }

  private static String name(String embedding) {
    return (embedding.startsWith(INNER) ? INNER : "") + HEAD;
  }

  /** Gives the head its weight, where the embedding was its weight before and is no longer. */
  void addTo(Outputs outputs, Map<String, ModulePlan> planned) {
    Optional<String> from =
        isCut() ? embedding(weights.modules().keySet()) : embedding(planned.keySet());
    if (!tied || headStored || from.isEmpty()) {
      return;
    }
    ModulePlan plan = planned.get(name(from.get()));
    if (plan != null) {
      outputs.addPlanned(plan);
    } else {
      outputs.addCopy(name(from.get()), weights.modules().get(from.get()).weight());
    }
  }

  /** The config, which ties them no longer if either is quantized, or if that was asked for. */
  Json.Obj untied(Json.Obj config, Set<String> quantized, List<String> notices) {
    Optional<String> head = quantized.stream().filter(TiedHead::isHead).findFirst();
    Optional<String> embedding = embedding(quantized);
    if (!tied || (ties == Ties.KEPT && head.isEmpty() && embedding.isEmpty())) {
      return config;
    }
    if (ties == Ties.KEPT) {
      notices.add(
          head.or(() -> embedding).orElseThrow()
              + " is quantized and so no longer tied to the "
              + (head.isPresent() ? "embedding: " : name(embedding.get()) + ": ")
              + TIED
              + " becomes false");
    }
    Json.Obj untied = config.with(TIED, new Json.Bool(false));
    return untied.member("text_config").orElse(null) instanceof Json.Obj text
            && text.members().containsKey(TIED)
        ? untied.with("text_config", text.with(TIED, new Json.Bool(false)))
        : untied;
  }
}
