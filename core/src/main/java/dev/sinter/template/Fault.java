/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.util.OptionalInt;

/** What is wrong, on its way to whoever knows the template's text. */
final class Fault extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int UNPLACED = -1;

  private final int at;

  /** Something wrong with values; it happened where the run is. */
  Fault(String message) {
    this(UNPLACED, message);
  }

  /** Something wrong at an offset of the template. */
  Fault(int at, String message) {
    super(message, null, false, false);
    this.at = at;
  }

  OptionalInt at() {
    return at == UNPLACED ? OptionalInt.empty() : OptionalInt.of(at);
  }
}
