/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

/**
 * What an operation is run on: so many tokens (on average, where it sees some of them), in
 * sequences of one length.
 */
public record Load(double tokens, long length) {
  public Load {
    if (tokens < 0 || length <= 0) {
      throw new IllegalArgumentException(tokens + " tokens in sequences of " + length);
    }
  }

  /** A part of the tokens. */
  public Load share(double part) {
    return new Load(tokens * part, length);
  }
}
