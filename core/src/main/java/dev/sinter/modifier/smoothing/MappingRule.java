/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.smoothing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An item of the setting {@code mappings}: rules for the module whose output is divided, and for
 * those that read it.
 *
 * @param hook where a peer is told to look at activations
 */
public record MappingRule(String smoothed, List<String> balanced, Optional<String> hook) {
  public MappingRule {
    balanced = List.copyOf(balanced);
  }

  /** All its rules, that for the divided module first. */
  List<String> rules() {
    List<String> rules = new ArrayList<>();
    rules.add(smoothed);
    rules.addAll(balanced);
    return rules;
  }

  /** How messages call it. */
  String text() {
    return "the mapping " + smoothed + " -> " + String.join(", ", balanced);
  }
}
