/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

import dev.sinter.modifier.Event;
import dev.sinter.modifier.TrainingStep;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The order in which events may come. */
final class Lifecycle {
  /** A loop may leave out those between the first and the last. */
  private static final List<Class<? extends Event>> BATCH =
      List.of(
          Event.BatchStart.class,
          Event.LossCalculated.class,
          Event.OptimizerPreStep.class,
          Event.OptimizerPostStep.class,
          Event.BatchEnd.class);

  /** How far a session is. */
  private enum Phase {
    CREATED("not initialized"),
    INITIALIZED("initialized"),
    CALIBRATING("calibrating"),
    CALIBRATED("calibrated"),
    IN_BATCH("in a batch of a training"),
    FINALIZED("finalized"),
    FAILED("stopped by a modifier that failed");

    private final String words;

    Phase(String words) {
      this.words = words;
    }
  }

  private Phase phase = Phase.CREATED;

  /** Where a batch leads back to. */
  private Phase outside = Phase.INITIALIZED;

  private int inBatch;
  private TrainingStep last = TrainingStep.of(0);

  /** Goes on by an event; one that may not come now is refused. */
  void enter(Event event) {
    Map<Class<? extends Event>, Phase> next = next();
    Phase to = next.get(event.getClass());
    if (to == null) {
      throw new IllegalStateException(
          "The session is "
              + phase.words
              + ", and "
              + event.label()
              + " may not come now. "
              + (next.isEmpty() ? "Nothing may" : "What may: " + labels(next)));
    }
    if (event instanceof Event.Training training) {
      requireStep(training);
      inBatch = BATCH.indexOf(event.getClass());
      last = training.at();
    }
    if (to == Phase.IN_BATCH && phase != Phase.IN_BATCH) {
      outside = phase;
    }
    phase = to;
  }

  /** Nothing may come any more. */
  void fail() {
    phase = Phase.FAILED;
  }

  private static String labels(Map<Class<? extends Event>, Phase> next) {
    return next.keySet().stream().map(Event::label).collect(Collectors.joining(", "));
  }

  private Map<Class<? extends Event>, Phase> next() {
    Map<Class<? extends Event>, Phase> next = new LinkedHashMap<>();
    switch (phase) {
      case CREATED -> next.put(Event.Initialize.class, Phase.INITIALIZED);
      case INITIALIZED, CALIBRATED -> {
        if (phase == Phase.INITIALIZED) {
          next.put(Event.CalibrationStart.class, Phase.CALIBRATING);
        }
        next.put(Event.BatchStart.class, Phase.IN_BATCH);
        next.put(Event.Finalize.class, Phase.FINALIZED);
      }
      case CALIBRATING -> {
        next.put(Event.SubgraphEnd.class, Phase.CALIBRATING);
        next.put(Event.CalibrationEnd.class, Phase.CALIBRATED);
      }
      case IN_BATCH -> {
        // Each may come again, as the loss of a step that takes several backward passes.
        BATCH
            .subList(Math.max(1, inBatch), BATCH.size() - 1)
            .forEach(type -> next.put(type, Phase.IN_BATCH));
        next.put(Event.BatchEnd.class, outside);
      }
      case FINALIZED, FAILED -> {}
    }
    return next;
  }

  private void requireStep(Event.Training event) {
    boolean starts = event instanceof Event.BatchStart;
    if (starts && event.at().index() < last.index()) {
      throw new IllegalStateException(
          "A training does not go back, from step " + last.step() + " to " + event.at().step());
    }
    if (!starts && !event.at().equals(last)) {
      throw new IllegalStateException(
          "The batch began at step "
              + last.step()
              + ", and "
              + event.label()
              + " is of step "
              + event.at().step());
    }
  }
}
