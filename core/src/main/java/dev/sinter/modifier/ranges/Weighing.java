/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.ranges;

import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.statistic.StatisticType.GramBlocks;
import java.io.Serializable;
import java.util.Optional;

/** What is lost by a candidate: sums of squares of what weights, or outputs, change by. */
sealed interface Weighing extends Serializable {

  /** What must be known of the input; nothing if errors of weights are looked at. */
  Optional<GramBlocks> statistic(QuantizationArgs args);

  /** Whether ranges are searched by the weights alone where no input was seen. */
  boolean searchesUnseen();

  /** Each weight counts alike. */
  record Weights() implements Weighing {
    @Override
    public Optional<GramBlocks> statistic(QuantizationArgs args) {
      return Optional.empty();
    }

    @Override
    public boolean searchesUnseen() {
      return true;
    }
  }

  /** By outputs, as far as columns of a block of so many add up in them. */
  record Blocks(int columns) implements Weighing {
    @Override
    public Optional<GramBlocks> statistic(QuantizationArgs args) {
      return Optional.of(new GramBlocks(columns));
    }

    @Override
    public boolean searchesUnseen() {
      return true;
    }
  }

  /** By outputs, of the columns that share a scale. */
  record Groups() implements Weighing {
    @Override
    public Optional<GramBlocks> statistic(QuantizationArgs args) {
      return args.groupSize().map(size -> new GramBlocks(Math.toIntExact(size)));
    }

    @Override
    public boolean searchesUnseen() {
      return false;
    }
  }
}
