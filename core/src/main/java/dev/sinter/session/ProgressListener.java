/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

import dev.sinter.task.SolvedUnit;
import java.util.List;

/** Is told how a run goes on. */
public interface ProgressListener {

  /** Something that a person should know, told as soon as it is known. */
  void notice(String text);

  /** Something that was done, in a line. */
  void report(String text);

  /**
   * A phase begins: its name and how many steps it has, of which so many were done by an earlier
   * run.
   */
  void phase(String name, int steps, int done);

  /** A step of the phase is done. */
  void step(String what);

  /** A step of a calibration is done. */
  default void calibrated(StepFigures step) {}

  /** All steps of a calibration are done. */
  default void calibrated(List<StepFigures> steps) {}

  /** A unit was solved and committed. */
  void solved(SolvedUnit unit);

  /** Hears nothing. */
  static ProgressListener none() {
    return new ProgressListener() {
      @Override
      public void notice(String text) {}

      @Override
      public void report(String text) {}

      @Override
      public void phase(String name, int steps, int done) {}

      @Override
      public void step(String what) {}

      @Override
      public void solved(SolvedUnit unit) {}
    };
  }
}
