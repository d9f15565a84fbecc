/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import dev.sinter.template.Run.Flow;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A part of a template that does something: mostly, it writes. */
sealed interface Statement {
  Flow run(Run run);

  /** Text as it stands. */
  record Data(String text) implements Statement {
    @Override
    public Flow run(Run run) {
      run.output().append(text);
      return Flow.ON;
    }
  }

  /** The text of a value. */
  record Print(Expression value, int at) implements Statement {
    @Override
    public Flow run(Run run) {
      Value printed = run.value(value);
      run.at(at);
      run.output().append(Printing.str(printed, run.meter()));
      return Flow.ON;
    }
  }

  /** The first branch whose test holds. The last may have none. */
  record If(List<Branch> branches) implements Statement {

    /** What to do if something holds. */
    record Branch(Expression test, List<Statement> body) {}

    @Override
    public Flow run(Run run) {
      for (Branch branch : branches) {
        if (run.isTrue(branch.test())) {
          return run.run(branch.body());
        }
      }
      return Flow.ON;
    }
  }

  /** A value for a name, or for several. */
  record Set(Target target, Expression value) implements Statement {
    @Override
    public Flow run(Run run) {
      target.assign(run.value(value), run);
      return Flow.ON;
    }
  }

  /** What a body writes, for a name. */
  record SetBlock(
      Target target, List<Expression.FilterCall> filters, List<Statement> body, Scope scope)
      implements Statement {
    @Override
    public Flow run(Run run) {
      target.assign(captured(filters, body, scope, run), run);
      return Flow.ON;
    }
  }

  /** What a body writes, filtered. */
  record FilterBlock(List<Expression.FilterCall> filters, List<Statement> body, Scope scope, int at)
      implements Statement {
    @Override
    public Flow run(Run run) {
      Value value = captured(filters, body, scope, run);
      run.at(at);
      run.output().append(Printing.str(value, run.meter()));
      return Flow.ON;
    }
  }

  /** A body with names of its own: with, or what a generation is. */
  record With(List<Target> targets, List<Expression> values, List<Statement> body, Scope scope)
      implements Statement {
    @Override
    public Flow run(Run run) {
      Frame inside = scope.frame(run.frame());
      for (int i = 0; i < targets.size(); i++) {
        targets.get(i).assign(run.value(values.get(i)), inside, run);
      }
      return run.run(body, inside);
    }
  }

  /** A function that writes. */
  record Macro(MacroDefinition definition) implements Statement {
    @Override
    public Flow run(Run run) {
      run.frame().set(definition.name(), definition.function(run));
      return Flow.ON;
    }
  }

  /** A call that is given a body to call. */
  record CallBlock(Expression.Call call, MacroDefinition caller, int at) implements Statement {
    @Override
    public Flow run(Run run) {
      Value value = call.call(run, Map.of("caller", caller.function(run)));
      run.at(at);
      run.output().append(Printing.str(value, run.meter()));
      return Flow.ON;
    }
  }

  /** The end of a loop's turn, or of the loop. */
  record Jump(Flow flow) implements Statement {
    @Override
    public Flow run(Run run) {
      return flow;
    }
  }

  /** A loop. */
  record For(
      Target target,
      Expression items,
      Optional<Expression> filter,
      Block body,
      Block otherwise,
      int at)
      implements Statement {

    /** What a turn costs besides what is done in it. */
    private static final int TURN = 4;

    /** Statements with names of their own. */
    record Block(List<Statement> statements, Scope scope) {}

    @Override
    public Flow run(Run run) {
      Value value = run.value(items);
      run.at(at);
      Iterator<Value> turns = Values.iterator(value, run.meter());
      LoopState loop = new LoopState(selected(turns, run), () -> length(value, run));
      boolean whole = false;
      while (loop.next()) {
        run.meter().steps(TURN);
        Frame inside = body.scope().frame(run.frame());
        inside.set("loop", loop);
        run.at(at);
        target.assign(loop.item(), inside, run);
        Flow flow = run.run(body.statements(), inside);
        if (flow == Flow.BREAK) {
          break;
        }
        // As Jinja has it: a turn that is cut short does not count for the else.
        whole |= flow == Flow.ON;
      }
      return whole
          ? Flow.ON
          : run.run(otherwise.statements(), otherwise.scope().frame(run.frame()));
    }

    private Iterator<Value> selected(Iterator<Value> turns, Run run) {
      return filter
          .map(test -> Lazily.filtered(turns, item -> passes(item, test, run), run.meter()))
          .orElse(turns);
    }

    private boolean passes(Value item, Expression test, Run run) {
      Frame inside = run.frame().inner();
      target.assign(item, inside, run);
      return Values.isTrue(run.value(test, inside));
    }

    /** The number of turns, where it is known before they are made. */
    private Optional<Long> length(Value value, Run run) {
      return filter.isPresent() ? Optional.empty() : Values.length(value, run.meter());
    }
  }

  private static Value captured(
      List<Expression.FilterCall> filters, List<Statement> body, Scope scope, Run run) {
    Frame inside = scope.frame(run.frame());
    Value value = Value.of(run.captured(body, inside));
    for (Expression.FilterCall filter : filters) {
      value = filter.apply(value, run);
    }
    return value;
  }
}
