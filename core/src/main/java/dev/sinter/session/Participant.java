/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

import dev.sinter.modifier.Event;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.State;
import dev.sinter.problem.RequestException;
import dev.sinter.tensor.Scope;

/** A modifier in a session, and whether it takes part in the training. */
final class Participant {
  private final Modifier modifier;
  private boolean started;
  private boolean ended;

  Participant(Modifier modifier) {
    this.modifier = modifier;
  }

  /** Calls the hooks of an event; tensors that they make are gone behind it. */
  void tell(State state, Event event) {
    try (Scope scope = Scope.open()) {
      modifier.onEvent(state, event);
      call(state, event);
    } catch (RequestException e) {
      throw new RequestException(
          modifier.name() + ", at " + event.label() + ": " + e.getMessage(), e);
    } catch (RuntimeException | LinkageError e) {
      throw new ModifierException(modifier.name() + " failed at " + event.label() + ": " + e, e);
    }
  }

  private void call(State state, Event event) {
    if (event instanceof Event.Initialize) {
      modifier.onInitialize(state);
    } else if (event instanceof Event.CalibrationStart) {
      modifier.onCalibrationStart(state);
    } else if (event instanceof Event.SubgraphEnd done) {
      modifier.onSubgraphEnd(state, done);
    } else if (event instanceof Event.CalibrationEnd) {
      modifier.onCalibrationEnd(state);
    } else if (event instanceof Event.Training training) {
      train(state, training);
    } else if (event instanceof Event.Finalize) {
      end(state);
      modifier.onFinalize(state);
    }
  }

  private void train(State state, Event.Training event) {
    if (event instanceof Event.BatchStart && !started && modifier.schedule().starts(event.at())) {
      started = true;
      modifier.onStart(state, event);
    }
    if (started && !ended && modifier.schedule().isDue(event.at())) {
      modifier.onUpdate(state, event);
    }
    if (event instanceof Event.BatchEnd && modifier.schedule().ends(event.at())) {
      end(state);
    }
  }

  private void end(State state) {
    if (started && !ended) {
      ended = true;
      modifier.onEnd(state);
    }
  }
}
