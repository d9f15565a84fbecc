/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.json.Json;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A chat template, read once. It may be a stranger's: it reaches nothing but what it is given, and
 * {@link Limits} bound what it does.
 */
public final class Template {
  private final String source;
  private final List<Statement> body;

  private Template(String source, List<Statement> body) {
    this.source = source;
    this.body = body;
  }

  /** Reads a template; what is wrong with it is said with its line. */
  public static Template parse(String source) {
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
    Run run = new Run(Frame.outermost(names), meter);
    try {
      run.run(body);
      return run.output().toString();
    } catch (Fault fault) {
      throw new TemplateException(fault.getMessage(), source, fault.at().orElse(run.at()));
    }
  }
}
