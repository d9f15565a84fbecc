/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.expression;

/** An expression that cannot be read or has no value; whoever knows the file adds the place. */
public final class ExpressionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int offset;

  ExpressionException(String message, int offset) {
    super(message);
    this.offset = offset;
  }

  static ExpressionException python(String found, int offset) {
    return new ExpressionException("eval takes arithmetic, not Python: found " + found, offset);
  }

  /** Where in the text the fault lies, from 0 to the text's length. */
  public int offset() {
    return offset;
  }
}
