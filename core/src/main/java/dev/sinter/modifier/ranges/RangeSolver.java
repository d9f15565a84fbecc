/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.ranges;

import dev.sinter.modifier.ModuleWeight;
import dev.sinter.modifier.Solution;
import dev.sinter.modifier.Solver;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationParameters;
import dev.sinter.quantization.QuantizedWeight;
import dev.sinter.quantization.Quantizer;
import dev.sinter.quantization.Quantizer.Coupling;
import dev.sinter.quantization.RangeCandidates;
import dev.sinter.quantization.RangeSearch;
import dev.sinter.quantization.RangeSearch.Loss;
import dev.sinter.statistic.DiagonalBlocks;
import dev.sinter.statistic.Statistic;
import dev.sinter.statistic.StatisticType;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Each weight to its nearest code, with scales from the ranges by which least is lost. */
record RangeSolver(RangeCandidates candidates, Weighing weighing) implements Solver {
  @Override
  public Set<StatisticType> statistics(QuantizationArgs args) {
    return new RangeSearch(args, candidates).searches()
        ? weighing.statistic(args).stream().collect(Collectors.toUnmodifiableSet())
        : Set.of();
  }

  @Override
  public Optional<String> notice(QuantizationArgs args) {
    return new RangeSearch(args, candidates).searches()
        ? Optional.empty()
        : Optional.of(
            "the algorithm has no scales to choose from for such codes, and takes the largest"
                + " magnitudes, as max does");
  }

  @Override
  public boolean changesWhatFollows() {
    return false;
  }

  @Override
  public Coupling coupling(QuantizationArgs args) {
    return new RangeSearch(args, candidates).coupling();
  }

  @Override
  public Prepared prepare(Map<StatisticType, Statistic> input) {
    return weight -> solve(weight, input);
  }

  private Solution solve(ModuleWeight weight, Map<StatisticType, Statistic> input) {
    QuantizationArgs args = weight.args();
    Optional<DiagonalBlocks> blocks =
        statistics(args).stream().findFirst().map(type -> (DiagonalBlocks) input.get(type));
    boolean unseen = blocks.filter(seen -> seen.tokens() == 0).isPresent();
    Quantizer quantizer = new Quantizer(args);
    QuantizationParameters parameters;
    if (unseen && !weighing.searchesUnseen()) {
      parameters = quantizer.observe(weight.weight_RC(), weight.survey());
    } else {
      Loss loss =
          blocks
              .filter(seen -> seen.tokens() > 0)
              .<Loss>map(seen -> seen::losses)
              .orElse(Loss.SQUARES);
      parameters =
          new RangeSearch(args, candidates).observe(weight.weight_RC(), weight.survey(), loss);
    }
    var codes_RC = quantizer.encode(weight.weight_RC(), parameters);
    return new Solution(
        new QuantizedWeight(codes_RC, parameters, Optional.empty()),
        unseen ? Map.of(Solution.UNSEEN_INPUT, 1.0) : Map.of());
  }
}
