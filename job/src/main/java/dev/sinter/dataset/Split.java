/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.problem.RequestException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A split of a data set and the rows of it that are wanted, as Hugging Face's datasets write it:
 * {@code train}, {@code train[:5%]}, {@code test[100:200]}.
 *
 * @param range the rows, by their number in the split; all of them if it is empty
 */
public record Split(String name, Optional<Range> range) {
  private static final Pattern WHOLE = Pattern.compile("[^\\[\\]+()]+");
  private static final Pattern SLICED =
      Pattern.compile(
          "(?<name>[^\\[\\]+()]+)\\[(?:(?<from>-?\\d{1,15})(?<fromPercent>%)?)?:"
              + "(?:(?<to>-?\\d{1,15})(?<toPercent>%)?)?\\]");

  /** What bounds count. */
  enum Unit {
    ROWS,
    PERCENT
  }

  /**
   * Rows from a bound up to another; a negative one counts from the end.
   *
   * @param from the first, or the beginning
   * @param to behind the last, or the end
   */
  record Range(Optional<Long> from, Optional<Long> to, Unit unit) {
    private static final double ALL = 100;

    /** The number of the first row, of so many. */
    long start(long rows) {
      return from.map(bound -> row(bound, rows)).orElse(0L);
    }

    /** The number behind the last row, of so many. */
    long end(long rows) {
      return to.map(bound -> row(bound, rows)).orElse(rows);
    }

    @Override
    public String toString() {
      String sign = unit == Unit.PERCENT ? "%" : "";
      return "["
          + from.map(bound -> bound + sign).orElse("")
          + ":"
          + to.map(bound -> bound + sign).orElse("")
          + "]";
    }

    /** Percents are rounded to the nearest row, halves to the even one: the default of datasets. */
    private long row(long bound, long rows) {
      long absolute = unit == Unit.ROWS ? bound : (long) Math.rint(bound * (double) rows / ALL);
      return Math.min(absolute < 0 ? Math.max(rows + absolute, 0) : absolute, rows);
    }
  }

  /** What {@code --splits} says. */
  public static Split parse(String text) {
    if (WHOLE.matcher(text).matches()) {
      return new Split(text.strip(), Optional.empty());
    }
    Matcher slice = SLICED.matcher(text.replace(" ", ""));
    if (!slice.matches()) {
      throw new RequestException(
          "--splits "
              + text
              + " is not read. Write one split, whole or sliced by rows or percents: train, train[:5%], test[100:200]");
    }
    Range range = range(text, slice);
    return new Split(slice.group("name"), Optional.of(range));
  }

  private static Range range(String text, Matcher slice) {
    Optional<Long> from = Optional.ofNullable(slice.group("from")).map(Long::valueOf);
    Optional<Long> to = Optional.ofNullable(slice.group("to")).map(Long::valueOf);
    boolean anyPercent = slice.group("fromPercent") != null || slice.group("toPercent") != null;
    boolean anyRow =
        (from.isPresent() && slice.group("fromPercent") == null)
            || (to.isPresent() && slice.group("toPercent") == null);
    if (anyPercent && anyRow) {
      throw new RequestException(
          "--splits " + text + " mixes rows and percents; write both bounds as one of them");
    }
    if (anyPercent && (isBeyond(from) || isBeyond(to))) {
      throw new RequestException("--splits " + text + " names more than 100%");
    }
    return new Range(from, to, anyPercent ? Unit.PERCENT : Unit.ROWS);
  }

  private static boolean isBeyond(Optional<Long> percent) {
    return percent.filter(bound -> Math.abs(bound) > Range.ALL).isPresent();
  }

  /** As it is written. */
  @Override
  public String toString() {
    return name + range.map(Range::toString).orElse("");
  }
}
