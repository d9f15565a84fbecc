/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import java.util.List;
import java.util.Optional;

/**
 * What a quantizer does after all rules.
 *
 * @param attributes several where quantizers follow each other
 * @param decidedBy the last rule that set its attributes or turned it on or off
 */
public record QuantizerState(
    boolean enabled, List<QuantizerAttributes> attributes, Optional<QuantizerRule> decidedBy) {
  public QuantizerState {
    attributes = List.copyOf(attributes);
  }

  QuantizerState after(QuantizerRule rule) {
    return new QuantizerState(
        rule.enable(), rule.cfg().isEmpty() ? attributes : rule.cfg(), Optional.of(rule));
  }
}
