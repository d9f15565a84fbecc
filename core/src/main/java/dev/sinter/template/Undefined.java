/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.problem.Nearest;
import java.util.List;
import java.util.Optional;

/** What is not there. It prints nothing and is false; whoever wants more of it is told why. */
final class Undefined implements Value {
  private final Optional<Value> owner;
  private final String name;
  private final Optional<String> reason;

  private Undefined(Optional<Value> owner, String name, Optional<String> reason) {
    this.owner = owner;
    this.name = name;
    this.reason = reason;
  }

  /** A name that nobody has set. */
  static Undefined name(String name) {
    return new Undefined(Optional.empty(), name, Optional.empty());
  }

  /** Something that a value does not have. */
  static Undefined member(Value owner, String name) {
    return new Undefined(Optional.of(owner), name, Optional.empty());
  }

  static Undefined because(String reason) {
    return new Undefined(Optional.empty(), "", Optional.of(reason));
  }

  /** The fault of who uses it. Most are never used, so the text is made here. */
  Fault fault() {
    if (reason.isPresent()) {
      return new Fault(reason.get());
    }
    if (owner.isEmpty()) {
      return new Fault("'" + name + "' is undefined");
    }
    String type = owner.get() == NONE ? "None" : "'" + Values.type(owner.get()) + "'";
    return new Fault(type + " has no member '" + name + "'." + hint(owner.get()));
  }

  private String hint(Value value) {
    List<String> names = value instanceof Dict dict ? dict.names() : List.of();
    String near = Nearest.hint(name, names);
    return near.isEmpty() && !names.isEmpty() ? " It has " + String.join(", ", names) : near;
  }
}
