/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/** Texts without space, or without given characters, at their ends. */
final class Trimming {
  private Trimming() {}

  static Value both(Call call) {
    IntPredicate trimmed = trimmed(call);
    String text = call.text(0);
    int end = end(text, trimmed);
    return Value.of(text.substring(Math.min(start(text, trimmed), end), end));
  }

  static Value left(Call call) {
    return Value.of(call.text(0).substring(start(call.text(0), trimmed(call))));
  }

  static Value right(Call call) {
    return Value.of(call.text(0).substring(0, end(call.text(0), trimmed(call))));
  }

  private static IntPredicate trimmed(Call call) {
    call.meter().scan(call.text(0));
    Optional<Value> chars = call.given(1);
    if (chars.isEmpty()) {
      return Characters::isSpace;
    }
    call.meter().steps(call.text(1).length());
    Set<Integer> any = call.text(1).codePoints().boxed().collect(Collectors.toSet());
    return any::contains;
  }

  private static int start(String text, IntPredicate trimmed) {
    int at = 0;
    while (at < text.length() && trimmed.test(text.codePointAt(at))) {
      at = text.offsetByCodePoints(at, 1);
    }
    return at;
  }

  private static int end(String text, IntPredicate trimmed) {
    int at = text.length();
    while (at > 0 && trimmed.test(text.codePointBefore(at))) {
      at = text.offsetByCodePoints(at, -1);
    }
    return at;
  }
}
