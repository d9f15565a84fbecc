/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.dataset.Place;

/** What a row says of a sample, and where it stands. */
record RawRow(Place place, RawSample sample) {
  /** The row; one of blanks says nothing. */
  RawRow withoutBlanks() {
    return sample instanceof RawSample.Text text && text.text().isBlank()
        ? new RawRow(place, new RawSample.Nothing())
        : this;
  }
}
