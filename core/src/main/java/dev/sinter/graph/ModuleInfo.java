/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.io.Serializable;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** A module of the model, by the name and the class that Transformers gives it. */
public record ModuleInfo(String name, String className, Reach reach) implements Serializable {
  /** What a target begins with that is a regular expression. */
  public static final String REGEX = "re:";

  public static final String LINEAR = "Linear";
  public static final String EMBEDDING = "Embedding";

  /**
   * What chooses experts: a matrix that is no linear module to a method, but may be one to a
   * client.
   */
  public static final String ROUTER = "Router";

  /** A linear module whose weight is stored as [inputs, outputs]. */
  public static final String CONV1D = "Conv1D";

  /** How a method finds a module. */
  public enum Reach {
    /** By its class or its name. */
    CLASS,
    /**
     * By its name alone: what stands beside the language model, as a vision tower does, is not
     * meant by a class.
     */
    NAME
  }

  public ModuleInfo(String name, String className) {
    this(name, className, Reach.CLASS);
  }

  /**
   * How closely a rule that matches means this module: an exact name goes before an expression, and
   * that before a class. Lower is closer.
   */
  public int rank(String rule) {
    return rule.equals(name) ? 0 : rule.startsWith(REGEX) ? 1 : 2;
  }

  /**
   * The rule among those that match which means this module most closely; among rules of one kind
   * the first by name, as in the peer.
   */
  public Optional<String> closest(Collection<ModuleRule> rules) {
    return rules.stream()
        .filter(rule -> rule.matches(this))
        .map(ModuleRule::text)
        .min(Comparator.comparingInt(this::rank).thenComparing(Comparator.naturalOrder()));
  }
}
