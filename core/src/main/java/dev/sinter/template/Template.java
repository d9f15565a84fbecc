/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.json.Json;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A chat template, read once. It may be a stranger's: it reaches nothing but what it is given, and
 * {@link Limits} bound what it does.
 */
public final class Template {
  /** The longest that are known have some ten thousand characters. */
  private static final int MAX_LENGTH = 1_000_000;

  private final String source;
  private final TemplateParser.Parsed parsed;

  private Template(String source, TemplateParser.Parsed parsed) {
    this.source = source;
    this.parsed = parsed;
  }

  /** Reads a template; what is wrong with it is said with its line. */
  public static Template parse(String source) {
    if (source.length() > MAX_LENGTH) {
      throw new TemplateException(
          "The template has "
              + source.length()
              + " characters; at most "
              + MAX_LENGTH
              + " are read",
          "",
          0);
    }
    String normalized = Lexer.normalized(source);
    try {
      return new Template(normalized, TemplateParser.parse(Lexer.tokens(normalized)));
    } catch (Fault fault) {
      throw new TemplateException(fault.getMessage(), normalized, fault.at().orElse(0));
    }
  }

  /**
   * Writes what the template makes of variables.
   *
   * @param now the time that strftime_now tells
   */
  public String render(Json.Obj variables, LocalDateTime now, Limits limits) {
    Meter meter = new Meter(limits);
    Map<String, Value> names = new LinkedHashMap<>(Globals.functions(now, meter));
    variables.members().forEach((name, value) -> names.put(name, Values.of(value)));
    Run run = new Run(parsed.scope().frame(Frame.outermost(names)), meter);
    try {
      run.run(parsed.body());
      return run.output().toString();
    } catch (Fault fault) {
      throw new TemplateException(fault.getMessage(), source, fault.at().orElse(run.at()));
    }
  }
}
