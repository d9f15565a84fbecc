/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

import dev.sinter.modifier.Event;
import dev.sinter.modifier.ModuleResult;
import dev.sinter.modifier.State;
import dev.sinter.plan.Plan;
import java.util.List;
import java.util.Optional;

/**
 * Tells the modifiers of a run, or of a training loop, what happens: initialize; calibration start,
 * subgraph ends, calibration end; batches of a training; finalize. For one thread.
 */
public final class Session {
  private final Lifecycle lifecycle = new Lifecycle();
  private final List<Participant> participants;
  private State state;

  public Session(State state) {
    this.state = state;
    this.participants = state.modifiers().stream().map(Participant::new).toList();
  }

  /** The session of a run that carries out a plan. */
  public static Session of(String model, Plan plan) {
    List<State.Planned> modules =
        plan.modules().stream()
            .map(module -> new State.Planned(module.module(), module.scheme(), module.decidedBy()))
            .toList();
    return new Session(State.ofRun(model, plan.recipe().modifiers(), modules));
  }

  public State state() {
    return state;
  }

  public void initialize() {
    tell(new Event.Initialize(), state);
  }

  public void startCalibration() {
    tell(new Event.CalibrationStart(), state);
  }

  public void endSubgraph(Event.SubgraphEnd event) {
    tell(event, state.behind(Optional.of(event.subgraph())).with(event.solved()));
  }

  public void endCalibration() {
    tell(new Event.CalibrationEnd(), state.behind(Optional.empty()));
  }

  /** A moment of a training, as its loop comes to it. */
  public void update(Event.Training event) {
    tell(event, state.at(event.at()));
  }

  /**
   * The end of the session.
   *
   * @param more what was found of modules that no subgraph told of
   */
  public void finish(List<ModuleResult> more) {
    tell(new Event.Finalize(), state.with(more));
  }

  private void tell(Event event, State next) {
    lifecycle.enter(event);
    state = next;
    try {
      participants.forEach(participant -> participant.tell(next, event));
    } catch (RuntimeException e) {
      lifecycle.fail();
      throw e;
    }
  }
}
