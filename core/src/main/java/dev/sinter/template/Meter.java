/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

/** Counts the work of one rendering, and ends it where it would go on too long. */
final class Meter {
  /** Work is counted in characters; so many take as long as a step. */
  private static final int STEP = 32;

  /** How many levels a macro counts for. */
  private static final int MACRO = 5;

  private final Limits limits;
  private long left;
  private int depth;

  Meter(Limits limits) {
    this.limits = limits;
    this.left = Math.multiplyExact(limits.steps(), STEP);
  }

  void step() {
    steps(1);
  }

  void steps(long count) {
    spend(count > left ? Long.MAX_VALUE : count * STEP);
  }

  /** Characters that are looked at. */
  void read(long characters) {
    spend(characters);
  }

  /** Each character of a text is judged by itself. */
  void scan(String text) {
    spend(4L * text.length());
  }

  /** One text is searched for another: in the worst case each place is compared with all of it. */
  void search(String text, String wanted) {
    spend(text.length() + (long) text.length() * wanted.length() / 8);
  }

  /** A text of that length is about to be made. */
  void make(long characters) {
    room(characters);
    spend(characters);
  }

  void room(long characters) {
    if (characters > limits.characters()) {
      throw new Fault(
          "A text would be longer than " + limits.characters() + " characters, the limit");
    }
  }

  private void spend(long characters) {
    if (characters > left) {
      throw new Fault("The template takes more than " + limits.steps() + " steps, the limit");
    }
    left -= characters;
  }

  /** One call or value deeper. A fault ends the rendering, so nobody leaves on its way. */
  void enter() {
    if (++depth > limits.depth()) {
      throw new Fault("The template nests deeper than " + limits.depth() + " levels, the limit");
    }
  }

  void leave() {
    depth--;
  }

  /** A macro deeper, which takes more of the stack than a value does. */
  void enterMacro() {
    depth += MACRO - 1;
    enter();
  }

  void leaveMacro() {
    depth -= MACRO;
  }
}
