/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.util.List;
import java.util.Optional;

/** One rendering as it goes: where it is, what it sees, what it has written, and what is left. */
final class Run {
  private final Meter meter;
  private Frame frame;
  private TextBuilder output;
  private int at;

  Run(Frame frame, Meter meter) {
    this.frame = frame;
    this.meter = meter;
    this.output = new TextBuilder(meter);
  }

  /** How a statement ended. */
  enum Flow {
    ON,
    CONTINUE,
    BREAK
  }

  Meter meter() {
    return meter;
  }

  Frame frame() {
    return frame;
  }

  TextBuilder output() {
    return output;
  }

  /** Where in the template the run is: there a fault happens. */
  int at() {
    return at;
  }

  void at(int offset) {
    at = offset;
  }

  Value value(Expression expression) {
    meter.step();
    meter.enter();
    Value value = expression.evaluate(this);
    meter.leave();
    return value;
  }

  Optional<Value> value(Optional<Expression> expression) {
    return expression.map(this::value);
  }

  boolean isTrue(Expression expression) {
    return Values.isTrue(value(expression));
  }

  /** Runs statements in the present frame, until one ends the turn of a loop. */
  Flow run(List<Statement> body) {
    meter.enter();
    Flow flow = Flow.ON;
    for (int i = 0; i < body.size() && flow == Flow.ON; i++) {
      meter.step();
      flow = body.get(i).run(this);
    }
    meter.leave();
    return flow;
  }

  /** Runs statements in a frame of their own, given. */
  Flow run(List<Statement> body, Frame inside) {
    Frame outside = frame;
    frame = inside;
    Flow flow = run(body);
    frame = outside;
    return flow;
  }

  /** What statements write, in place of writing it. */
  String captured(List<Statement> body, Frame inside) {
    TextBuilder outside = output;
    output = new TextBuilder(meter);
    run(body, inside);
    String text = output.toString();
    output = outside;
    return text;
  }

  /** An expression's value as another frame has it. */
  Value value(Expression expression, Frame inside) {
    Frame outside = frame;
    frame = inside;
    Value value = value(expression);
    frame = outside;
    return value;
  }
}
