/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.json.Json;
import dev.sinter.problem.Place;
import dev.sinter.problem.Problems;
import dev.sinter.setting.SettingTable;
import dev.sinter.setting.Settings;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlNode.Mapping;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {
  private static Schedule schedule(Double start, Double end, Double update) {
    return new Schedule(optional(start), optional(end), optional(update));
  }

  private static OptionalDouble optional(Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  private static int[] due(Schedule schedule, int steps, IntFunction<TrainingStep> at) {
    return IntStream.range(0, steps).filter(step -> schedule.isDue(at.apply(step))).toArray();
  }

  private static Schedule read(Json.Obj given, Problems problems) {
    SettingTable table = new SettingTable("Mine").and(Schedule.SETTINGS);
    Mapping mapping = (Mapping) YamlNode.of("Mine", given);
    return Schedule.read(new Settings(table, mapping, Place.of("Mine"), problems));
  }

  /** The reference: start is not None and start <= current and (end is None or current < end). */
  @ParameterizedTest
  @CsvSource({
    "0, , 0, true",
    "2, , 1, false",
    "2, , 2, true",
    "2, 4, 3, true",
    "2, 4, 4, false",
    "-1, , 0, true",
    ", , 5, false",
    ", 9, 5, false"
  })
  void startsAsTheReferenceDoes(Double start, Double end, long step, boolean starts) {
    assertThat(schedule(start, end, null).starts(TrainingStep.of(step))).isEqualTo(starts);
  }

  /** The reference: end is not None and current >= end. */
  @ParameterizedTest
  @CsvSource({", 100, false", "4, 3, false", "4, 4, true", "4, 5, true"})
  void endsAsTheReferenceDoes(Double end, long step, boolean ends) {
    assertThat(schedule(0.0, end, null).ends(TrainingStep.of(step))).isEqualTo(ends);
  }

  /** The reference's own test of should_update, at step 25 of epochs of 10 steps. */
  @ParameterizedTest
  @CsvSource({"2.5, true", "5, false", "0, true", ", true"})
  void isDueAsTheReferenceIs(Double update, boolean due) {
    assertThat(schedule(0.0, 30.0, update).isDue(TrainingStep.of(25, 10))).isEqualTo(due);
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3", "7", "0.5", "-1"})
  void isDueWhereTheStepIsAMultiple(double update) {
    Schedule schedule = schedule(0.0, null, update);

    assertThat(due(schedule, 50, step -> TrainingStep.of(step)))
        .containsExactly(
            IntStream.range(0, 50).filter(step -> update <= 0 || step % update < 1e-10).toArray());
  }

  /** 0.1 and 0.3 are no sums of halves, and 3 * 0.1 is more than 0.3. */
  @Test
  void partsOfEpochsThatAreNoExactFloatsAreMet() {
    Schedule schedule = schedule(0.0, null, 0.1);

    assertThat(due(schedule, 40, step -> TrainingStep.of(step, 20)))
        .containsExactly(IntStream.range(0, 20).map(i -> 2 * i).toArray());
  }

  /** Of three steps an epoch none lies at a half. */
  @Test
  void whatNoStepLiesOnIsDueAtTheNext() {
    Schedule schedule = schedule(0.0, null, 0.5);

    assertThat(due(schedule, 7, step -> TrainingStep.of(step, 3))).containsExactly(0, 2, 3, 5, 6);
  }

  @Test
  void isReadFromARecipesSettings() {
    Problems problems = new Problems();

    assertThat(read(Json.object("start", 1, "end", 2.5, "update", 0.5), problems))
        .isEqualTo(schedule(1.0, 2.5, 0.5));
    assertThat(read(Json.object(), problems)).isEqualTo(schedule(null, null, null));
    assertThat(problems.found()).isEmpty();
  }

  @Test
  void whatCouldNeverBeginIsAProblem() {
    Problems problems = new Problems();

    read(Json.object("start", 3, "end", -1), problems);

    assertThat(problems.found())
        .isEqualTo(
            List.of(
                "Mine.end: end is -1.0 and start 3.0, so that it would never begin; leave end out if"
                    + " it is to go on"));
  }

  @Test
  void stepsAreCountedFromZero() {
    assertThatThrownBy(() -> TrainingStep.of(-1)).hasMessage("There is no step -1");
    assertThatThrownBy(() -> TrainingStep.of(1, 0))
        .hasMessage("An epoch has at least one step, not 0");
    assertThat(TrainingStep.of(25).index()).isEqualTo(25);
    assertThat(TrainingStep.of(25, 10).index()).isEqualTo(2.5);
  }
}
