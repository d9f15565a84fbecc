/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import java.util.BitSet;
import org.bytedeco.pytorch.Tensor;

/** Finds the range that codes must cover, for each scale. */
interface RangeFinder {

  /** Whether what it finds for some rows depends on others. */
  boolean couplesRows();

  /** What it sees in grouped elements that others must know. */
  Survey survey(Tensor grouped);

  /**
   * The range of grouped elements, in the innermost scope.
   *
   * @param whole what is known of the whole weight, if rows are coupled
   */
  Range find(Tensor grouped, Survey whole);

  /** The finder that weights with these settings ask for. */
  static RangeFinder of(QuantizationArgs args, Importance importance) {
    return WeightObservers.isSearch(args.observer())
        ? GridSearch.of(args, importance)
        : new MinMax(args);
  }

  /** The extremes as they are. */
  record MinMax(QuantizationArgs args) implements RangeFinder {
    @Override
    public boolean couplesRows() {
      return false;
    }

    @Override
    public Survey survey(Tensor grouped) {
      return new Survey(Range.Ends.ofAll(grouped).extremes(), new BitSet());
    }

    @Override
    public Range find(Tensor grouped, Survey whole) {
      return args.symmetric() ? Range.Symmetric.of(grouped) : Range.Ends.of(grouped);
    }
  }
}
