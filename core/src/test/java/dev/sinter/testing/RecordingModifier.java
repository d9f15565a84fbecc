/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing;

import dev.sinter.json.Json;
import dev.sinter.modifier.Event;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.Schedule;
import dev.sinter.modifier.Smoothing;
import dev.sinter.modifier.Solver;
import dev.sinter.modifier.State;
import dev.sinter.modifier.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A method that writes down which of its hooks are called, and with what. */
public class RecordingModifier implements Modifier {
  private final Modifier method;
  private final Schedule schedule;
  private final List<String> calls = new ArrayList<>();
  private final List<State> states = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();

  public RecordingModifier(Modifier method) {
    this(method, Schedule.ALWAYS);
  }

  public RecordingModifier(Modifier method, Schedule schedule) {
    this.method = method;
    this.schedule = schedule;
  }

  /** The hooks but onEvent, as they were called. */
  public List<String> calls() {
    return calls;
  }

  /** What onEvent was called with. */
  public List<Event> events() {
    return events;
  }

  /** The states of onEvent. */
  public List<State> states() {
    return states;
  }

  public State lastState() {
    return states.get(states.size() - 1);
  }

  private static String at(Event.Training event) {
    return event.at().step() + " " + event.label();
  }

  @Override
  public void onEvent(State state, Event event) {
    states.add(state);
    events.add(event);
  }

  @Override
  public void onInitialize(State state) {
    calls.add("initialize");
  }

  @Override
  public void onCalibrationStart(State state) {
    calls.add("calibration start");
  }

  @Override
  public void onSubgraphEnd(State state, Event.SubgraphEnd event) {
    calls.add("end of " + event.subgraph() + " in pass " + event.pass());
  }

  @Override
  public void onCalibrationEnd(State state) {
    calls.add("calibration end");
  }

  @Override
  public void onStart(State state, Event.Training event) {
    calls.add("start at " + at(event));
  }

  @Override
  public void onUpdate(State state, Event.Training event) {
    calls.add("update at " + at(event));
  }

  @Override
  public void onEnd(State state) {
    calls.add("end");
  }

  @Override
  public void onFinalize(State state) {
    calls.add("finalize");
  }

  @Override
  public Schedule schedule() {
    return schedule;
  }

  @Override
  public String name() {
    return method.name();
  }

  @Override
  public Targets targets() {
    return method.targets();
  }

  @Override
  public Optional<Solver> solver() {
    return method.solver();
  }

  @Override
  public Optional<Smoothing> smoothing() {
    return method.smoothing();
  }

  @Override
  public Json.Obj settings() {
    return method.settings();
  }

  @Override
  public boolean needsCalibration() {
    return method.needsCalibration();
  }
}
