/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.metrics;

import dev.sinter.session.ProgressListener;
import dev.sinter.session.StepFigures;
import dev.sinter.task.SolvedUnit;
import dev.sinter.task.SolvedUnit.ModuleFigures;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Progress on stderr: a bar that redraws itself on a terminal, a line for each step in a log. Both
 * say when it will end.
 */
public final class ConsoleProgress implements ProgressListener {
  /** Set by the launcher, which can tell whether stderr is a terminal; Java cannot. */
  private static final String TERMINAL = "sinter.terminal";

  private static final int BAR_WIDTH = 24;

  /** So many modules of a step are told each. */
  private static final int MOST_LOSSES = 8;

  /** Where the lines go. */
  public enum Style {
    TERMINAL,
    LOG
  }

  private final PrintStream out;
  private final Style style;
  private String phase = "";
  private int steps;
  private int done;
  private int doneBefore;
  private long phaseStart;
  private final Map<String, Double> losses = new LinkedHashMap<>();
  private String speed = "";

  public ConsoleProgress(PrintStream out, Style style) {
    this.out = out;
    this.style = style;
  }

  /** Progress in the style that suits what the launcher says of stderr. */
  public static ConsoleProgress on(PrintStream err) {
    return new ConsoleProgress(err, Boolean.getBoolean(TERMINAL) ? Style.TERMINAL : Style.LOG);
  }

  @Override
  public void notice(String text) {
    out.println("sinter: note: " + text);
  }

  @Override
  public void report(String text) {
    out.println("sinter: " + text);
  }

  @Override
  public void phase(String name, int count, int alreadyDone) {
    phase = name;
    steps = count;
    done = alreadyDone;
    doneBefore = alreadyDone;
    phaseStart = System.nanoTime();
    String resumed = alreadyDone > 0 ? ", " + alreadyDone + " of them done by an earlier run" : "";
    out.println("sinter: " + name + ": " + count + (count == 1 ? " step" : " steps") + resumed);
  }

  @Override
  public void solved(SolvedUnit unit) {
    for (ModuleFigures module : unit.modules()) {
      Double loss = module.figures().get("loss");
      if (loss != null) {
        losses.put(module.module(), loss);
      }
    }
    if (style == Style.TERMINAL) {
      draw(unit.modules().isEmpty() ? unit.id() : unit.modules().get(0).module());
    }
  }

  @Override
  public void calibrated(StepFigures step) {
    speed = String.format(Locale.ROOT, ", %.0f tokens/s", step.tokensPerSecond());
  }

  @Override
  public void calibrated(List<StepFigures> all) {
    if (!all.isEmpty()) {
      out.println(
          "sinter: where the time went: seconds by the clock, and seconds of tasks, of which up to "
              + all.get(all.size() - 1).slots()
              + " ran at once");
      StepTable.lines(all).forEach(line -> out.println("sinter: " + line));
    }
  }

  @Override
  public void step(String what) {
    done++;
    if (style == Style.TERMINAL) {
      draw(what);
      if (done == steps) {
        out.println();
      }
      return;
    }
    out.println(
        "sinter: "
            + phase
            + " "
            + done
            + "/"
            + steps
            + ": "
            + what
            + speed
            + said(losses, what)
            + ", "
            + remaining());
    losses.clear();
    speed = "";
  }

  /** The error of each module of a step; of many, the largest. */
  private static String said(Map<String, Double> losses, String step) {
    if (losses.isEmpty()) {
      return "";
    }
    List<Map.Entry<String, Double>> sorted = new ArrayList<>(losses.entrySet());
    sorted.sort(Map.Entry.<String, Double>comparingByValue().reversed());
    boolean all = sorted.size() <= MOST_LOSSES;
    List<String> texts = new ArrayList<>();
    for (Map.Entry<String, Double> loss : sorted.subList(0, all ? sorted.size() : 1)) {
      String module = loss.getKey();
      String name = module.startsWith(step + ".") ? module.substring(step.length() + 1) : module;
      texts.add(String.format(Locale.ROOT, "%s %.3g", name, loss.getValue()));
    }
    return (all ? ", loss: " : ", largest loss of " + sorted.size() + ": ")
        + String.join(", ", texts);
  }

  private void draw(String what) {
    int filled = steps == 0 ? BAR_WIDTH : BAR_WIDTH * done / steps;
    String bar = "#".repeat(filled) + ".".repeat(BAR_WIDTH - filled);
    String line =
        String.format(
            Locale.ROOT,
            "sinter: %s [%s] %d/%d %s, %s",
            phase,
            bar,
            done,
            steps,
            what,
            remaining());
    // Clears what a longer line left behind.
    out.print("\r\u001b[K" + line);
    out.flush();
  }

  private String remaining() {
    long elapsed = System.nanoTime() - phaseStart;
    int doneNow = done - doneBefore;
    if (done == steps || doneNow == 0) {
      return duration(elapsed) + " elapsed";
    }
    return duration(elapsed)
        + " elapsed, about "
        + duration(elapsed / doneNow * (steps - done))
        + " left";
  }

  private static String duration(long nanos) {
    Duration duration = Duration.ofNanos(nanos);
    if (duration.toMinutes() >= 1) {
      return String.format(
          Locale.ROOT,
          "%d:%02d:%02d",
          duration.toHours(),
          duration.toMinutesPart(),
          duration.toSecondsPart());
    }
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}
