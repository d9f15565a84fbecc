/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

/**
 * How much a template may do: it comes from a stranger.
 *
 * @param characters of the output, and of any text on the way there
 * @param steps of work; characters that are made or read count a little
 * @param depth of calls and expressions in one another
 */
public record Limits(int characters, long steps, int depth) {
  /** A chat of a million tokens fits; what goes on for ever ends within a second or two. */
  public static final Limits DEFAULT = new Limits(16 << 20, 5_000_000, 600);

  public Limits {
    if (characters < 1 || steps < 1 || depth < 1) {
      throw new IllegalArgumentException(
          "Limits must be positive: " + characters + ", " + steps + ", " + depth);
    }
  }
}
