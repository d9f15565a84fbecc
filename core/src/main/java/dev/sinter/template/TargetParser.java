/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What stands before the = of an assignment, or between for and in. */
final class TargetParser {
  private final Reading reading;
  private final TokenStream tokens;

  TargetParser(Reading reading) {
    this.reading = reading;
    this.tokens = reading.tokens();
  }

  /** One target, or several with commas, up to words that end them. */
  Target targets(Set<String> ends) {
    int at = tokens.current().at();
    List<Target> targets = new ArrayList<>(List.of(target()));
    boolean several = false;
    while (tokens.skip(",")) {
      several = true;
      boolean ended = tokens.is("=") || tokens.is(Kind.BLOCK_END) || tokens.is(")");
      if (ended || ends.contains(tokens.current().text())) {
        break;
      }
      targets.add(target());
    }
    return several ? new Target.Several(targets, at) : targets.get(0);
  }

  Target target() {
    if (tokens.skip("(")) {
      Target inside = reading.nested(() -> targets(Set.of()));
      tokens.expect(")");
      return inside;
    }
    Token name = tokens.expect(Kind.NAME);
    if (OperandParser.isConstant(name.text())) {
      throw new Fault(name.at(), name.text() + " is a value and cannot be set");
    }
    if (tokens.skip(".")) {
      return new Target.Attribute(name.text(), tokens.expect(Kind.NAME).text(), name.at());
    }
    return new Target.Name(name.text());
  }
}
