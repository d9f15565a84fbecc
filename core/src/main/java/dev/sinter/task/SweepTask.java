/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.graph.ExpertBranch;
import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import dev.sinter.plan.ExpertTraffic;
import dev.sinter.statistic.StatisticType;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A sweep: what slices gather while they run through a subgraph, and what becomes of it where all
 * slices' parts of one observation meet. That is its sum, or an expert whose tokens they are.
 *
 * @param observations what slices gather; each observation's parts meet in one task
 * @param experts those whose tokens travel, by the value that holds the tokens
 */
public record SweepTask(
    SubgraphTask slices, List<Observation> observations, Map<Value, ExpertTask> experts)
    implements Serializable {
  public SweepTask {
    observations = List.copyOf(observations);
    experts = Map.copyOf(experts);
  }

  /** The sweep for units. */
  public static SweepTask of(
      RunContext run, Subgraph subgraph, List<InputUnit> units, ExpertTraffic traffic) {
    Map<Value, Observation> wanted = new LinkedHashMap<>();
    Map<Value, List<StatisticType>> types = new LinkedHashMap<>();
    for (Observation observation : Observation.of(units)) {
      wanted.put(observation.value(), observation);
      types.put(observation.value(), observation.statistics());
    }
    Map<Value, ExpertTask> experts = new HashMap<>();
    List<Observation> rows = new ArrayList<>();
    for (ExpertBranch branch : traffic.moved(subgraph, types)) {
      List<Observation> own = branch.nodes().outputs().stream().map(wanted::remove).toList();
      SubgraphTask forward = new SubgraphTask(run, branch.nodes(), List.of());
      experts.put(branch.tokens(), new ExpertTask(forward, own));
      List<StatisticType> all = List.of(new StatisticType.AllRows(run.dtype()));
      rows.add(new Observation(branch.tokens(), all));
    }
    List<Observation> observations = new ArrayList<>(wanted.values());
    observations.addAll(rows);
    return new SweepTask(new SubgraphTask(run, subgraph, List.of()), observations, experts);
  }

  /** The same with other pieces, in which slices hold so many bytes. */
  public SweepTask inPiecesOf(long most) {
    SubgraphTask sized = new SubgraphTask(slices.run(), slices.subgraph(), slices.solved(), most);
    return new SweepTask(sized, observations, experts);
  }

  /** Whether an expert's tokens are gathered, which a slice would have to keep to its end. */
  public boolean movesTokens() {
    return !experts.isEmpty();
  }

  /**
   * Whether slices run the subgraph in one piece when they push activations on, too, and so hold no
   * more statistics than a sweep does.
   */
  public boolean runsWhole() {
    return slices.runsWhole(observations);
  }

  /** Which observation's parts a unit works with. */
  public int place(InputUnit unit) {
    for (int i = 0; i < observations.size(); i++) {
      Value value = observations.get(i).value();
      ExpertTask expert = experts.get(value);
      if (expert == null ? value.equals(unit.input()) : expert.observes(unit.input())) {
        return i;
      }
    }
    throw new IllegalArgumentException(unit.work().id() + " is of a value that was not swept");
  }

  /** What is to be done for units of one place. */
  public ValueWork work(int place, List<InputUnit> units) {
    Observation observation = observations.get(place);
    ExpertTask expert = experts.get(observation.value());
    return expert == null ? ValueWork.of(observation, units) : ValueWork.of(expert, units);
  }

  /** The statistics of a slice, in parts. */
  public SliceSweep sweep(Iterator<byte[]> blocks) {
    return slices.sweep(blocks, observations);
  }
}
