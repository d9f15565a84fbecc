/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.hub.HubException;
import dev.sinter.problem.RequestException;
import java.io.PrintStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** What a failure says, and its exit code. A stack trace is for the log, at debug level. */
final class Failures {
  static final int WRONG_REQUEST = 2;
  static final int TRY_AGAIN = 75;
  static final int FAILED = 1;

  /** Commands that commit work. */
  private static final Set<String> WRITING = Set.of("oneshot", "decompress");

  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  /** "... (TID 7) (host executor 1): java.io.IOException: what went wrong". */
  private static final Pattern OF_TASK =
      Pattern.compile("\\(TID \\d+\\) \\([^)]*\\): (?:[\\w.$]+: )?([^\\n]+)");

  private Failures() {}

  /** Commands that failed. */
  record OfCommands(PrintStream err) implements CommandLine.IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
      LOG.debug("The command failed", e);
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof RequestException request) {
          request.problems().forEach(problem -> err.println("sinter: " + problem));
          return WRONG_REQUEST;
        }
        if (mayPass(cause)) {
          err.println("sinter: " + message(e));
          err.println(
              "That may pass: try the same command again"
                  + (isWriting(command) ? "; it goes on from what was committed." : "."));
          return TRY_AGAIN;
        }
      }
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof AccessDeniedException denied) {
          err.println("sinter: permission denied: " + denied.getFile());
          return WRONG_REQUEST;
        }
      }
      err.println("sinter: " + message(e));
      if (isWriting(command)) {
        err.println("What was committed is kept: the same command goes on from there.");
      }
      return FAILED;
    }

    private static boolean isWriting(CommandLine command) {
      return WRITING.contains(command.getCommandName());
    }

    /** A store or a cluster that did not answer, or executors that were lost too often. */
    private static boolean mayPass(Throwable cause) {
      String message = String.valueOf(cause.getMessage());
      return cause instanceof HubException
          || cause instanceof SocketException
          || cause instanceof SocketTimeoutException
          || cause instanceof UnknownHostException
          || message.contains("No space left on device")
          || message.contains("ExecutorLostFailure")
          || message.contains("All masters are unresponsive")
          || message.contains("Master removed our application");
    }

    /** What went wrong in one line: of a job that Spark gave up, the exception of the task. */
    private static String message(Throwable e) {
      String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      Throwable cause = e.getCause();
      if (cause != null && cause.getMessage() != null && !message.contains(cause.getMessage())) {
        message = message + ": " + cause.getMessage();
      }
      Matcher task = OF_TASK.matcher(message);
      return task.find() ? task.group(1) : message.lines().findFirst().orElse(message);
    }
  }
}
