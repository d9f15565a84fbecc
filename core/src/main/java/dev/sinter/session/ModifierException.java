/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

/** A modifier failed at an event, which ends its session. */
public final class ModifierException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ModifierException(String message, Throwable cause) {
    super(message, cause);
  }
}
