/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.problem.RequestException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs what reads data, and says of a failure that lies in the data what it is. */
public final class Reading {
  /** As Spark tells of a file: with a class of errors in front, or without. */
  private static final Pattern OF_FILE =
      Pattern.compile(
          "(?:Encountered error while reading|Error while reading|Could not read footer for) file:? ([^\\n]+?)\\.(?: |$)");

  /** What older versions of Spark tell of CSV without a file in front. */
  private static final Pattern OF_CSV =
      Pattern.compile(
          "(?s).*?(Malformed CSV record: [^\\n]+|CSV header does not conform to the schema.*)");

  private Reading() {}

  /** The result; of a file that cannot be read, a problem that names it. */
  public static <T> T of(String name, Callable<T> action) {
    try {
      return action.call();
    } catch (Exception e) {
      Optional<RequestException> problem = problem(name, e);
      if (problem.isPresent()) {
        throw problem.get();
      }
      if (e instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private static Optional<RequestException> problem(String name, Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      Matcher file = OF_FILE.matcher(String.valueOf(cause.getMessage()));
      if (file.find()) {
        return Optional.of(
            new RequestException(
                name + ": cannot read " + file.group(1) + ": " + reason(cause), failure));
      }
      Matcher csv = OF_CSV.matcher(String.valueOf(cause.getMessage()));
      if (csv.matches() && cause.getCause() == null) {
        return Optional.of(
            new RequestException(name + ": " + csv.group(1).replaceAll("\\s+", " "), failure));
      }
      if (cause instanceof org.apache.spark.sql.AnalysisException) {
        return Optional.of(new RequestException(name + ": " + firstLine(cause), failure));
      }
    }
    return Optional.empty();
  }

  /** What lies beneath. */
  private static String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return firstLine(root);
  }

  private static String firstLine(Throwable failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("no reason is given");
  }
}
