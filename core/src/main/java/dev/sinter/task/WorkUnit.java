/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.plan.ModulePlan;
import java.io.Serializable;
import java.util.List;

/** What one task solves and commits together: modules, or blocks of rows of large ones. */
public record WorkUnit(String id, List<RowRange> ranges) implements Serializable {
  public WorkUnit {
    ranges = List.copyOf(ranges);
  }

  /** Some rows of a module's weight. */
  public record RowRange(ModulePlan module, long firstRow, long rows) implements Serializable {
    public static RowRange whole(ModulePlan module) {
      return new RowRange(module, 0, module.rows());
    }
  }
}
