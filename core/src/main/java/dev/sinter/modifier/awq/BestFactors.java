/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.awq;

import dev.sinter.quantization.Survey;
import dev.sinter.tensor.Scope;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import org.bytedeco.pytorch.Tensor;

/**
 * Finds the factors by which rounding changes outputs least. A loss is a sum over rows that never
 * falls, so the candidate whose sum is least so far is the one to go on with, and the first that is
 * through is the best: most others are given up after some of their rows.
 */
final class BestFactors {
  private final RoundedWeights weights;
  private final OutputError error;

  BestFactors(RoundedWeights weights, OutputError error) {
    this.weights = weights;
    this.error = error;
  }

  /**
   * The best candidate with its loss over all rows.
   *
   * @param lossOfFirst the loss of the first candidate, if only to compare
   */
  record Found(int index, double loss, double lossOfFirst) {}

  /**
   * The best of some factors, the first of those that are equally good; empty if none has a loss
   * that is a number.
   */
  Optional<Found> among(List<Tensor> factors) {
    PriorityQueue<Candidate> open =
        new PriorityQueue<>(
            Comparator.comparingDouble((Candidate candidate) -> candidate.loss)
                .thenComparingInt(candidate -> candidate.index));
    Candidate first = new Candidate(0, factors.get(0));
    while (!first.isThrough()) {
      first.goOn();
    }
    for (int i = 1; i < factors.size(); i++) {
      open.add(new Candidate(i, factors.get(i)));
    }
    if (Double.isFinite(first.loss)) {
      open.add(first);
    }
    while (!open.isEmpty() && !open.element().isThrough()) {
      Candidate least = open.remove();
      least.goOn();
      if (Double.isFinite(least.loss)) {
        open.add(least);
      }
    }
    return Optional.ofNullable(open.peek())
        .map(best -> new Found(best.index, best.loss, first.loss));
  }

  private final class Candidate {
    private final int index;
    private final Tensor factor_C;
    private Optional<Map<String, Survey>> surveys = Optional.empty();
    private int blocks;
    private double loss;

    Candidate(int index, Tensor factor_C) {
      this.index = index;
      this.factor_C = factor_C;
    }

    boolean isThrough() {
      return blocks == weights.blocks().size();
    }

    void goOn() {
      if (surveys.isEmpty()) {
        surveys = Optional.of(weights.surveys(factor_C));
      }
      RowBlock block = weights.blocks().get(blocks++);
      Survey survey = surveys.get().getOrDefault(block.linear().module(), Survey.EMPTY);
      try (Scope scope = Scope.open()) {
        loss += error.of(RoundedWeights.change(block, factor_C, survey));
      }
    }
  }
}
