/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The names of a part of a template that has its own, as they stand there. Jinja settles which is
 * meant before anything runs: a name that a part sets, and does not read before, is that part's
 * from its beginning, and has no value until then, whatever the caller gives by that name.
 */
final class Scope {
  private final Optional<Scope> outer;
  private final List<Scope> inner = new ArrayList<>();
  private final Set<String> mentioned = new HashSet<>();
  private final Set<String> reads = new HashSet<>();
  private final Set<String> setFirst = new HashSet<>();
  private final Set<String> blank = new HashSet<>();
  private int conditions;

  Scope(Optional<Scope> outer) {
    this.outer = outer;
    outer.ifPresent(scope -> scope.inner.add(this));
  }

  Optional<Scope> outer() {
    return outer;
  }

  /** What follows happens perhaps, up to {@link #endCondition}. */
  void beginCondition() {
    conditions++;
  }

  void endCondition() {
    conditions--;
  }

  void read(String name) {
    mentioned.add(name);
    reads.add(name);
  }

  void set(String name) {
    if (mentioned.add(name) && conditions == 0) {
      setFirst.add(name);
    }
  }

  /** A name that has a value from the beginning. */
  void give(String name) {
    mentioned.add(name);
  }

  /** Whether the name is read here or anywhere inside. */
  boolean reads(String name) {
    return reads.contains(name) || inner.stream().anyMatch(scope -> scope.reads(name));
  }

  /** Ends the noting, here and inside: only now is known what the parts around this one have. */
  void settle() {
    blank.addAll(setFirst);
    Optional<Scope> around = outer;
    while (around.isPresent()) {
      blank.removeAll(around.get().mentioned);
      around = around.get().outer;
    }
    inner.forEach(Scope::settle);
  }

  /** A frame for this part, inside of that where it runs. */
  Frame frame(Frame around) {
    Frame frame = around.inner();
    blank.forEach(name -> frame.set(name, Undefined.name(name)));
    return frame;
  }
}
