/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** A request that failed in a way that may be over the next time. */
final class PassingException extends IOException {
  private static final long serialVersionUID = 1L;

  /** How long the server wants to be left alone, if it says so. */
  private final transient Optional<Duration> pause;

  PassingException(String message, IOException cause) {
    super(message, cause);
    this.pause = Optional.empty();
  }

  PassingException(String message, Optional<Duration> pause) {
    super(message);
    this.pause = pause;
  }

  Optional<Duration> pause() {
    return pause;
  }
}
