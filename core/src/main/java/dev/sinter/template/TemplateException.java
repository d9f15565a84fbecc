/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.problem.Place;

/** A template that cannot be read, or that has no result for what it was given. */
public final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String reason;
  private final int line;
  private final int column;
  private final String text;

  TemplateException(String reason, String source, int at) {
    super("line " + line(source, at) + ": " + reason);
    this.reason = reason;
    this.line = line(source, at);
    int start = source.lastIndexOf('\n', at - 1) + 1;
    int end = source.indexOf('\n', at);
    this.column = at - start + 1;
    this.text = source.substring(start, end < 0 ? source.length() : end);
  }

  private static int line(String source, int at) {
    return 1 + (int) source.substring(0, at).chars().filter(c -> c == '\n').count();
  }

  /** Counted from one. */
  public int line() {
    return line;
  }

  /** What is wrong, with the line of the template, for a person who knows it by this name. */
  public String problem(String file) {
    return Place.in(file, line, column, text).problem(reason);
  }
}
