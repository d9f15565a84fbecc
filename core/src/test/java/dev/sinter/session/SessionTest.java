/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.json.Json;
import dev.sinter.modifier.Event;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.ModifierRegistry;
import dev.sinter.modifier.ModuleResult;
import dev.sinter.modifier.Schedule;
import dev.sinter.modifier.State;
import dev.sinter.modifier.TrainingStep;
import dev.sinter.problem.RequestException;
import dev.sinter.testing.RecordingModifier;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** What modifiers are told, and in which order a session takes events. */
class SessionTest {
  private static final Modifier PLAIN =
      new ModifierRegistry().create("QuantizationModifier", Map.of("scheme", Json.of("W4A16")));

  private final RecordingModifier modifier = new RecordingModifier(PLAIN);
  private final Session session = session(modifier);

  private static Session session(Modifier... modifiers) {
    return new Session(State.ofTraining("model", List.of(modifiers), Map.of()));
  }

  private static Event.SubgraphEnd subgraph(String name, ModuleResult... solved) {
    return new Event.SubgraphEnd(name, 0, List.of(), List.of(solved));
  }

  private static Event.BatchStart start(long step) {
    return new Event.BatchStart(TrainingStep.of(step));
  }

  private static Event.BatchEnd end(long step) {
    return new Event.BatchEnd(TrainingStep.of(step));
  }

  private static void train(Session session, long... steps) {
    for (long step : steps) {
      session.update(start(step));
      session.update(end(step));
    }
  }

  private static Schedule schedule(double start, double end, double update) {
    return new Schedule(
        OptionalDouble.of(start), OptionalDouble.of(end), OptionalDouble.of(update));
  }

  @Test
  void hooksFollowTheLifecycle() {
    session.initialize();
    session.startCalibration();
    session.endSubgraph(subgraph("layer 0"));
    session.endSubgraph(subgraph("layer 1"));
    session.endCalibration();
    session.finish(List.of());

    assertThat(modifier.calls())
        .containsExactly(
            "initialize",
            "calibration start",
            "end of layer 0 in pass 0",
            "end of layer 1 in pass 0",
            "calibration end",
            "finalize");
    assertThat(modifier.events()).hasSize(6);
  }

  @Test
  void stateGrowsByWhatWasSolved() {
    ModuleResult first = new ModuleResult("a", Map.of("loss", 1.5));
    ModuleResult second = new ModuleResult("b", Map.of());
    ModuleResult last = new ModuleResult("c", Map.of());
    session.initialize();
    session.startCalibration();
    session.endSubgraph(subgraph("layer 0", first));
    session.endSubgraph(subgraph("layer 1", second));
    session.endCalibration();
    session.finish(List.of(last));

    assertThat(modifier.states().stream().map(State::results))
        .containsExactly(
            List.of(),
            List.of(),
            List.of(first),
            List.of(first, second),
            List.of(first, second),
            List.of(first, second, last));
    assertThat(modifier.states().stream().map(state -> state.subgraph().orElse("")))
        .containsExactly("", "", "layer 0", "layer 1", "", "");
    assertThat(session.state()).isEqualTo(modifier.lastState());
  }

  @Test
  void eventOutOfOrderIsRefusedWithWhatMayCome() {
    assertThatThrownBy(session::startCalibration)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "The session is not initialized, and calibration start may not come now. What may:"
                + " initialize");
    session.initialize();
    assertThatThrownBy(session::initialize)
        .hasMessage(
            "The session is initialized, and initialize may not come now. What may: calibration"
                + " start, batch start, finalize");
    session.startCalibration();
    assertThatThrownBy(() -> session.update(start(0)))
        .hasMessage(
            "The session is calibrating, and batch start may not come now. What may: subgraph end,"
                + " calibration end");
    session.endCalibration();
    assertThatThrownBy(() -> session.endSubgraph(subgraph("layer 0")))
        .hasMessage(
            "The session is calibrated, and subgraph end may not come now. What may: batch start,"
                + " finalize");
    session.finish(List.of());
    assertThatThrownBy(() -> session.finish(List.of()))
        .hasMessage("The session is finalized, and finalize may not come now. Nothing may");
    assertThat(modifier.calls())
        .containsExactly("initialize", "calibration start", "calibration end", "finalize");
  }

  @Test
  void batchGoesOneWay() {
    TrainingStep at = TrainingStep.of(3);
    session.initialize();
    assertThatThrownBy(() -> session.update(end(3)))
        .hasMessageStartingWith("The session is initialized, and batch end may not come now.");
    session.update(start(3));
    session.update(new Event.LossCalculated(at, 0.5));
    session.update(new Event.LossCalculated(at, 0.4));
    session.update(new Event.OptimizerPostStep(at));
    assertThatThrownBy(() -> session.update(new Event.LossCalculated(at, 0.3)))
        .hasMessage(
            "The session is in a batch of a training, and loss calculated may not come now. What"
                + " may: optimizer post step, batch end");
    assertThatThrownBy(() -> session.update(end(4)))
        .hasMessage("The batch began at step 3, and batch end is of step 4");
    session.update(end(3));
    assertThatThrownBy(() -> session.update(start(2)))
        .hasMessage("A training does not go back, from step 3 to 2");
    // Batches whose gradients add up are of one step.
    train(session, 3, 4);
    session.finish(List.of());
  }

  @Test
  void updatesComeBetweenStartAndEnd() {
    RecordingModifier scheduled = new RecordingModifier(PLAIN, schedule(1, 5, 2));
    Session training = session(scheduled);
    training.initialize();
    train(training, 0, 1, 2, 3, 4, 5, 6);
    training.finish(List.of());

    assertThat(scheduled.calls())
        .containsExactly(
            "initialize",
            "start at 1 batch start",
            "update at 2 batch start",
            "update at 2 batch end",
            "update at 4 batch start",
            "update at 4 batch end",
            "end",
            "finalize");
    assertThat(scheduled.events()).hasSize(1 + 14 + 1);
    assertThat(scheduled.lastState().training()).contains(TrainingStep.of(6));
  }

  @Test
  void methodWithoutEndEndsWithTheSession() {
    session.initialize();
    train(session, 7);
    session.finish(List.of());

    assertThat(modifier.calls())
        .containsExactly(
            "initialize",
            "start at 7 batch start",
            "update at 7 batch start",
            "update at 7 batch end",
            "end",
            "finalize");
  }

  @Test
  void trainingThatGoesOnBehindAScheduleDoesNotStartIt() {
    RecordingModifier scheduled = new RecordingModifier(PLAIN, schedule(1, 5, 1));
    Session training = session(scheduled);
    training.initialize();
    train(training, 5, 6);
    training.finish(List.of());

    assertThat(scheduled.calls()).containsExactly("initialize", "finalize");
  }

  @Test
  void whatAHookThrowsNamesModifierAndEventAndEndsTheSession() {
    Modifier failing =
        new RecordingModifier(PLAIN) {
          @Override
          public void onCalibrationStart(State state) {
            throw new ArithmeticException("no number");
          }
        };
    RecordingModifier behind = new RecordingModifier(PLAIN);
    Session stopped = session(failing, behind);
    stopped.initialize();

    assertThatThrownBy(stopped::startCalibration)
        .isInstanceOf(ModifierException.class)
        .hasMessage(
            "QuantizationModifier failed at calibration start: java.lang.ArithmeticException: no"
                + " number")
        .hasCauseInstanceOf(ArithmeticException.class);
    assertThat(behind.calls()).containsExactly("initialize");
    assertThatThrownBy(stopped::endCalibration)
        .hasMessage(
            "The session is stopped by a modifier that failed, and calibration end may not come"
                + " now. Nothing may");
  }

  @Test
  void whatAHookRefusesIsAWrongRequest() {
    Modifier refusing =
        new RecordingModifier(PLAIN) {
          @Override
          public void onInitialize(State state) {
            throw new RequestException("give it a model with experts");
          }
        };

    assertThatThrownBy(session(refusing)::initialize)
        .isInstanceOf(RequestException.class)
        .hasMessage("QuantizationModifier, at initialize: give it a model with experts");
  }

  @Test
  void modifiersWithoutHooksAreToldNothing() {
    Session plain = session(PLAIN);

    assertThatCode(
            () -> {
              plain.initialize();
              train(plain, 0, 1);
              plain.finish(List.of());
            })
        .doesNotThrowAnyException();
  }
}
