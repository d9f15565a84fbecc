/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.problem;

/**
 * The same request may succeed later: a store that did not answer, a machine that was lost. Exit
 * code 75.
 */
public class RetryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RetryException(String message, Throwable cause) {
    super(message, cause);
  }
}
