/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.problem;

import java.util.List;

/**
 * What was asked for cannot be done as asked: a wrong flag, recipe or checkpoint. Found before
 * cluster work; exit code 2.
 */
public class RequestException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  public RequestException(String problem) {
    this(List.of(problem));
  }

  public RequestException(String problem, Throwable cause) {
    super(problem, cause);
    this.problems = List.of(problem);
  }

  public RequestException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** Each problem, in the order found. */
  public List<String> problems() {
    return problems;
  }
}
