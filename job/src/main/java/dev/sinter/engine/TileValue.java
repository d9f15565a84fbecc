/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.engine;

import java.io.Serializable;

/** What a part of a statistic holds, on its way through the shuffle. */
final class TileValue implements Serializable {
  private static final long serialVersionUID = 1L;

  private final long sequences;
  private final float[] values;

  TileValue(long sequences, float[] values) {
    this.sequences = sequences;
    this.values = values;
  }

  long sequences() {
    return sequences;
  }

  float[] values() {
    return values;
  }
}
