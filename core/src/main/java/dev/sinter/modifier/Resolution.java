/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.problem.Place;
import dev.sinter.quantization.QuantizationArgs;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a method's targets mean in one model.
 *
 * @param touched the modules that it touches, by name, in the order of the model
 * @param attention the groups of attention modules, with those that they mean
 * @param held what holds other modules back although a rule means them, by module
 * @param rules every rule with how many modules it matched
 * @param groups those that share a scheme, in the order in which config.json names them
 * @param kvCache how keys and values are kept
 * @param problems what cannot be done as the rules say
 */
public record Resolution(
    Map<String, Match> touched,
    List<AttentionUse> attention,
    Map<String, String> held,
    List<RuleUse> rules,
    List<SchemeGroup> groups,
    Optional<QuantizationArgs> kvCache,
    List<String> problems) {
  public Resolution {
    attention = List.copyOf(attention);
    touched = Collections.unmodifiableMap(new LinkedHashMap<>(touched));
    held = Collections.unmodifiableMap(new LinkedHashMap<>(held));
    rules = List.copyOf(rules);
    groups = List.copyOf(groups);
    problems = List.copyOf(problems);
  }

  /** Of a method that has no groups of attention modules. */
  public Resolution(
      Map<String, Match> touched,
      Map<String, String> held,
      List<RuleUse> rules,
      List<SchemeGroup> groups,
      Optional<QuantizationArgs> kvCache,
      List<String> problems) {
    this(touched, List.of(), held, rules, groups, kvCache, problems);
  }

  /** A method that touches no module by rules. */
  public static final Resolution NONE =
      new Resolution(Map.of(), Map.of(), List.of(), List.of(), Optional.empty(), List.of());

  /** Whether activations are rounded by ranges that calibration must find. */
  public boolean needsRanges() {
    return !attention.isEmpty()
        || groups.stream().anyMatch(group -> group.scheme().needsRanges())
        || kvCache
            .filter(args -> args.dynamic() != QuantizationArgs.Dynamic.YES && !args.isCast())
            .isPresent();
  }

  /**
   * The rule that decided for a module, and the group that it is in.
   *
   * @param target the rule as it is written
   * @param group nothing if the method leaves the representation as it is
   */
  public record Match(String target, Optional<SchemeGroup> group) {}

  /**
   * A group of attention modules.
   *
   * @param targets the rule that decided, by module
   */
  public record AttentionUse(AttentionGroup group, Map<String, String> targets) {}

  /** What a rule does. */
  public enum RuleKind {
    TARGET("target"),
    IGNORE("ignore"),
    QUANTIZER("rule"),
    /** A rule that turns quantizers off: such lists name what other families have, too. */
    OFF("rule");

    private final String noun;

    RuleKind(String noun) {
      this.noun = noun;
    }

    public String noun() {
      return noun;
    }
  }

  /** How many modules, or quantizers, a rule matched. */
  public record RuleUse(RuleKind kind, String rule, Optional<Place> place, int matched) {}
}
