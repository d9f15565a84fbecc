/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.plan.ModulePlan;
import dev.sinter.plan.Plan;
import dev.sinter.task.SolveTask;
import dev.sinter.task.SolvedUnit;
import dev.sinter.task.SolvedUnit.ModuleFigures;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lists the experts that saw few tokens of the calibration data. Fewer than a weight has columns
 * say nothing of some directions of its input: their Hessian has no full rank, and dampening alone
 * decides there. Of none, nothing is known, and the weight is rounded to nearest.
 */
final class ScarceExperts {
  private static final int NAMED = 3;

  /** A module, and what is known of how many tokens it saw. */
  private record Seen(String module, long tokens) {
    @Override
    public String toString() {
      return module + " (" + tokens + ")";
    }
  }

  private ScarceExperts() {}

  /** What to say of the modules of a plan that were solved by what their inputs are. */
  static List<String> notices(Plan plan, Collection<SolvedUnit> units) {
    Map<String, Long> tokens = new HashMap<>();
    for (SolvedUnit unit : units) {
      for (ModuleFigures module : unit.modules()) {
        Optional.ofNullable(module.figures().get(SolveTask.TOKENS))
            .ifPresent(count -> tokens.put(module.module(), count.longValue()));
      }
    }
    List<Seen> none = new ArrayList<>();
    List<Seen> few = new ArrayList<>();
    for (ModulePlan module : plan.modules()) {
      Long count = tokens.get(module.module());
      if (count != null && UnseenExperts.isOfExpert(module.module())) {
        if (count == 0) {
          none.add(new Seen(module.module(), count));
        } else if (count < module.weight().columns()) {
          few.add(new Seen(module.module(), count));
        }
      }
    }
    List<String> notices = new ArrayList<>();
    if (!none.isEmpty()) {
      notices.add(
          none.size()
              + " modules of experts, such as "
              + none.get(0).module()
              + ", saw no token of the calibration data: their weights are rounded to nearest. More"
              + " samples, or --moe-calibrate-all-experts, would reach them");
    }
    if (!few.isEmpty()) {
      notices.add(
          few.size()
              + " modules of experts saw fewer tokens of the calibration data than their weights"
              + " have columns, such as "
              + String.join(", ", few.stream().limit(NAMED).map(Seen::toString).toList())
              + ": dampening decides what those tokens leave open; sinter.json has the tokens of"
              + " each. More samples, or --moe-calibrate-all-experts, would help");
    }
    return notices;
  }
}
