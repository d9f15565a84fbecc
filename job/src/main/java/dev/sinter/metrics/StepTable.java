/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.metrics;

import dev.sinter.session.Effort;
import dev.sinter.session.StepFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Where the time of a calibration went, a line for each step and one for all. */
final class StepTable {
  private StepTable() {}

  static List<String> lines(List<StepFigures> steps) {
    int width = "subgraph".length();
    double seconds = 0;
    double slotSeconds = 0;
    Effort all = Effort.NONE;
    for (StepFigures step : steps) {
      width = Math.max(width, step.subgraph().length());
      seconds += step.seconds();
      slotSeconds += step.slots() * step.seconds();
      all = all.plus(step.effort());
    }
    String head =
        String.format(Locale.ROOT, "%%-%ds %%9s %%9s %%9s %%9s %%9s %%9s %%9s %%6s %%10s", width);
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            head,
            "subgraph",
            "seconds",
            "tokens/s",
            "advance",
            "sweep",
            "reduce",
            "solve",
            "write",
            "idle",
            "shuffled"));
    for (StepFigures step : steps) {
      lines.add(
          line(
              head,
              step.subgraph(),
              step.seconds(),
              tokensPerSecond(step),
              step.effort(),
              step.idle()));
    }
    double idle = Math.max(0, 1 - all.seconds() / Math.max(slotSeconds, 1e-9));
    lines.add(line(head, "all", seconds, "", all, idle));
    return lines;
  }

  private static String tokensPerSecond(StepFigures step) {
    return String.format(Locale.ROOT, "%.0f", step.tokensPerSecond());
  }

  private static String line(
      String head, String name, double seconds, String tokens, Effort effort, double idle) {
    return String.format(
        Locale.ROOT,
        head,
        name,
        tenths(seconds),
        tokens,
        tenths(effort.advance()),
        tenths(effort.sweep()),
        tenths(effort.reduce()),
        tenths(effort.solve()),
        tenths(effort.write()),
        String.format(Locale.ROOT, "%.0f%%", 100 * idle),
        String.format(Locale.ROOT, "%.1f MiB", effort.shuffledBytes() / (double) (1 << 20)));
  }

  private static String tenths(double seconds) {
    return String.format(Locale.ROOT, "%.1f", seconds);
  }
}
