/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.plan.ModulePlan;
import java.io.Serializable;

/** A module whose compressed weight takes the place of its own when a subgraph is advanced. */
public sealed interface SolvedModule extends Serializable {
  ModulePlan plan();

  /** The file of the workspace that holds its codes; empty if none does. */
  String file();

  /** A module whose codes lie whole in a file of the workspace. */
  record Stored(ModulePlan plan, String file) implements SolvedModule {}

  /** A module that is solved without data, whenever its weight is read. */
  record Rounded(ModulePlan plan) implements SolvedModule {
    @Override
    public String file() {
      return "";
    }
  }
}
