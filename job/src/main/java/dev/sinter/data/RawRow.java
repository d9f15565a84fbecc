/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.dataset.Place;

/** What a row says of a sample, and where it stands. */
record RawRow(Place place, RawSample sample) {
  /** Whether there is nothing to calibrate with. */
  boolean isEmpty() {
    return sample instanceof RawSample.Nothing
        || (sample instanceof RawSample.Text text && text.text().isBlank())
        || (sample instanceof RawSample.Ids ids && ids.ids().isEmpty());
  }
}
