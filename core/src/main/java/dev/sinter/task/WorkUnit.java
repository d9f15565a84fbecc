/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.plan.ModulePlan;
import java.io.Serializable;
import java.util.List;

/** The modules that one task solves and commits together. */
public record WorkUnit(String id, List<ModulePlan> modules) implements Serializable {
  public WorkUnit {
    modules = List.copyOf(modules);
  }
}
