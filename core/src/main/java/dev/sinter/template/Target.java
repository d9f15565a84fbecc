/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.util.ArrayList;
import java.util.List;

/** What a value is assigned to. */
sealed interface Target {
  /** Assigns in a frame. */
  void assign(Value value, Frame frame, Run run);

  /** Assigns in the frame where the run is. */
  default void assign(Value value, Run run) {
    assign(value, run.frame(), run);
  }

  /** Notes the names that are set. */
  void note(Scope scope);

  /** Notes the names as such that have a value from the beginning. */
  void give(Scope scope);

  /** A name. */
  record Name(String name) implements Target {
    @Override
    public void assign(Value value, Frame frame, Run run) {
      frame.set(name, value);
    }

    @Override
    public void note(Scope scope) {
      scope.set(name);
    }

    @Override
    public void give(Scope scope) {
      scope.give(name);
    }
  }

  /** An attribute of a namespace. */
  record Attribute(String namespace, String name, int at) implements Target {
    @Override
    public void assign(Value value, Frame frame, Run run) {
      Value owner = frame.find(namespace).orElseGet(() -> Undefined.name(namespace));
      if (!(owner instanceof Namespace found)) {
        run.at(at);
        throw new Fault(
            namespace
                + " is a "
                + Values.type(owner)
                + "; attributes can be set of a namespace alone: {% set ns = namespace() %}");
      }
      found.set(name, value);
    }

    @Override
    public void note(Scope scope) {
      scope.read(namespace);
    }

    @Override
    public void give(Scope scope) {
      note(scope);
    }
  }

  /** Several targets, for as many values. */
  record Several(List<Target> targets, int at) implements Target {
    @Override
    public void assign(Value value, Frame frame, Run run) {
      run.at(at);
      List<Value> values = new ArrayList<>();
      Values.iterator(value, run.meter()).forEachRemaining(values::add);
      if (values.size() != targets.size()) {
        throw new Fault("There are " + targets.size() + " names for " + values.size() + " values");
      }
      for (int i = 0; i < values.size(); i++) {
        targets.get(i).assign(values.get(i), frame, run);
      }
    }

    @Override
    public void note(Scope scope) {
      targets.forEach(target -> target.note(scope));
    }

    @Override
    public void give(Scope scope) {
      targets.forEach(target -> target.give(scope));
    }
  }
}
