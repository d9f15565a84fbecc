/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** How far the reading of a template is, and what has been noted on the way. */
final class Reading {
  /** How deep brackets, signs and tags may nest. */
  private static final int MAX_DEPTH = 100;

  private final TokenStream tokens;
  private final List<Fault> unknown = new ArrayList<>();
  private Scope scope = new Scope(Optional.empty());
  private int depth;

  Reading(TokenStream tokens) {
    this.tokens = tokens;
  }

  TokenStream tokens() {
    return tokens;
  }

  /** Filters and tests that there are not. */
  List<Fault> unknown() {
    return unknown;
  }

  /** Under a condition they may stand, unused: those behind the first so many are no fault. */
  void forgive(int known) {
    unknown.subList(known, unknown.size()).clear();
  }

  /** The scope that what comes next belongs to. */
  Scope scope() {
    return scope;
  }

  /** What comes next belongs to a scope inside of the present one. */
  Scope enter() {
    scope = new Scope(Optional.of(scope));
    return scope;
  }

  void leave() {
    scope = scope.outer().orElseThrow();
  }

  /** What comes next belongs to a scope that was entered before. */
  void resume(Scope other) {
    scope = other;
  }

  /** Reads something that may hold its own kind. */
  <T> T nested(Supplier<T> rule) {
    if (++depth > MAX_DEPTH) {
      throw new Fault(tokens.current().at(), "This nests deeper than " + MAX_DEPTH + " levels");
    }
    T parsed = rule.get();
    depth--;
    return parsed;
  }
}
