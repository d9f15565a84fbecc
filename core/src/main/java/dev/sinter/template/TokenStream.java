/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.template.Token.Kind;
import java.util.List;

/** Tokens, taken one after the other. */
final class TokenStream {
  private final List<Token> tokens;
  private int next;

  TokenStream(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(next);
  }

  /** The token behind the current one. */
  Token ahead() {
    return tokens.get(Math.min(next + 1, tokens.size() - 1));
  }

  Token take() {
    Token token = current();
    next = Math.min(next + 1, tokens.size() - 1);
    return token;
  }

  boolean is(Kind kind) {
    return current().kind() == kind;
  }

  boolean is(String operator) {
    return current().is(operator);
  }

  boolean isName(String name) {
    return current().isName(name);
  }

  /** Takes an operator if it is the next. */
  boolean skip(String operator) {
    boolean found = is(operator);
    next += found ? 1 : 0;
    return found;
  }

  /** Takes a name if it is the next. */
  boolean skipName(String name) {
    boolean found = isName(name);
    next += found ? 1 : 0;
    return found;
  }

  Token expect(Kind kind) {
    if (!is(kind)) {
      throw wrong(kind.shown());
    }
    return take();
  }

  Token expect(String operator) {
    if (!is(operator)) {
      throw wrong(operator);
    }
    return take();
  }

  /** The fault that something else than what was found is due. */
  Fault wrong(String due) {
    return new Fault(current().at(), "Found " + current().found() + " where " + due + " is due");
  }
}
