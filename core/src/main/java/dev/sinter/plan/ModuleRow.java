/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.weight.ModuleSource;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of a module, and why.
 *
 * @param source its weight in the checkpoint; none if it has none of its own
 * @param plan how it will be represented; none if it stays as it is
 * @param why the rule that decided, or what held it back
 * @param touchedBy the methods that touch it, in order
 */
public record ModuleRow(
    ModuleInfo module,
    Optional<ModuleSource> source,
    Optional<ModulePlan> plan,
    String why,
    List<String> touchedBy) {
  public ModuleRow {
    touchedBy = List.copyOf(touchedBy);
  }

  /** The bytes that it takes in the output. */
  public long outputBytes() {
    return plan.map(ModulePlan::outputBytes)
        .or(() -> source.map(ModuleSource::storedBytes))
        .orElse(0L);
  }

  /** The elements of its weight. */
  public long elements() {
    return source.map(found -> found.weight().shape().elements()).orElse(0L);
  }
}
