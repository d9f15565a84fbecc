/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A pattern of file names as cards of data sets have them: a star stays within a folder, two do
 * not, and two with a slash behind them may stand for no folder at all. All ways to match are
 * followed at once, so that a stranger's pattern takes no longer than its length times the name's.
 */
final class Glob {
  private final List<Part> parts = new ArrayList<>();

  /** A step of the pattern; a skip leads past the two steps behind it, too. */
  private record Part(Kind kind, char letter) {}

  private enum Kind {
    LETTER,
    ONE,
    WITHIN_FOLDER,
    ACROSS_FOLDERS,
    SKIP_TWO
  }

  Glob(String pattern) {
    for (int i = 0; i < pattern.length(); i++) {
      char letter = pattern.charAt(i);
      if (pattern.startsWith("**/", i)) {
        add(Kind.SKIP_TWO, ' ');
        add(Kind.ACROSS_FOLDERS, ' ');
        add(Kind.LETTER, '/');
        i += 2;
      } else if (pattern.startsWith("**", i)) {
        add(Kind.ACROSS_FOLDERS, ' ');
        i++;
      } else {
        add(letter == '*' ? Kind.WITHIN_FOLDER : letter == '?' ? Kind.ONE : Kind.LETTER, letter);
      }
    }
  }

  private void add(Kind kind, char letter) {
    parts.add(new Part(kind, letter));
  }

  boolean matches(String name) {
    BitSet reached = new BitSet();
    reach(0, reached);
    for (char letter : name.toCharArray()) {
      BitSet next = new BitSet();
      reached.stream().filter(at -> at < parts.size()).forEach(at -> step(at, letter, next));
      reached = next;
    }
    return reached.get(parts.size());
  }

  private void step(int at, char letter, BitSet next) {
    Part part = parts.get(at);
    switch (part.kind) {
      case LETTER -> {
        if (part.letter == letter) {
          reach(at + 1, next);
        }
      }
      case ONE -> {
        if (letter != '/') {
          reach(at + 1, next);
        }
      }
      case WITHIN_FOLDER -> {
        if (letter != '/') {
          reach(at, next);
        }
      }
      case ACROSS_FOLDERS -> reach(at, next);
      case SKIP_TWO -> {}
    }
  }

  /** Reaches a part, and those behind it as far as parts may stand for nothing. */
  private void reach(int at, BitSet reached) {
    if (reached.get(at)) {
      return;
    }
    reached.set(at);
    if (at == parts.size()) {
      return;
    }
    Kind kind = parts.get(at).kind;
    if (kind == Kind.SKIP_TWO) {
      reach(at + 3, reached);
    }
    if (kind != Kind.LETTER && kind != Kind.ONE) {
      reach(at + 1, reached);
    }
  }
}
