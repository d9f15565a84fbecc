/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import java.util.Map;

/** What was found while a module was done: the figures of its {@link Solution}, by name. */
public record ModuleResult(String module, Map<String, Double> figures) {
  public ModuleResult {
    figures = Map.copyOf(figures);
  }
}
