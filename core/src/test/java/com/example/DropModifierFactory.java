/* SPDX-License-Identifier: Apache-2.0 */
package com.example;

import dev.sinter.json.Json;
import dev.sinter.modifier.*;
import dev.sinter.modifier.quantization.SchemeSettings;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.setting.*;
import dev.sinter.statistic.*;
import java.util.*;
import org.bytedeco.pytorch.Tensor;

/** Makes a method that drops the weights of each row that matter least, and rounds the rest. */
public record DropModifierFactory(SettingTable table, String meaning) implements ModifierFactory {
  public DropModifierFactory() {
    this(
        SchemeSettings.table("DropModifier", Schedule.SETTINGS)
            .and(List.of(Setting.of("part", Form.Real.FRACTION, "What goes").otherwise(0.5))),
        "Drops the weights of each row that matter least, and rounds the rest");
  }

  @Override
  public Optional<Modifier> create(Settings given) {
    Schedule schedule = Schedule.read(given);
    Optional<Solver> solver = Optional.of(new DropSolver(given.number("part")));
    return SchemeSettings.read(given)
        .map(read -> new Drop(table.owner(), read.targets(), solver, given.complete(), schedule));
  }

  record Drop(
      String name, Targets targets, Optional<Solver> solver, Json.Obj settings, Schedule schedule)
      implements Modifier {
    @Override
    public void onUpdate(State state, Event.Training event) {
      if (event instanceof Event.OptimizerPostStep) {
        DropSolver drop = (DropSolver) solver.orElseThrow();
        state.parameters().values().forEach(w_RC -> w_RC.copy_(drop.rest(w_RC, w_RC.square())));
      }
    }
  }

  record DropSolver(double part) implements Solver {
    @Override
    public Set<StatisticType> statistics(QuantizationArgs args) {
      return Set.of(StatisticType.GRAM);
    }

    @Override
    public Prepared prepare(Map<StatisticType, Statistic> input) {
      Tensor x2_C = ((GramMatrix) input.get(StatisticType.GRAM)).diagonal();
      return w -> Solution.toNearest(w.with(rest(w.weight_RC(), w.weight_RC().square().mul(x2_C))));
    }

    Tensor rest(Tensor w_RC, Tensor score_RC) {
      long least = Math.max(1, Math.round(part * w_RC.size(1)));
      return w_RC.mul(score_RC.gt(score_RC.kthvalue(least, 1, true).get0()));
    }
  }
}
