/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import dev.sinter.tensor.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Records a graph while an architecture's class walks through its model. Modules nest: {@link
 * #module} opens one, and what is recorded until it closes stands inside. Module names are relative
 * to the enclosing module.
 */
public final class Tracer {
  private final List<ModuleInfo> modules = new ArrayList<>();
  private final List<Parameter> parameters = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Deque<String> path = new ArrayDeque<>();
  private int values;

  /** A module that is being walked through; closing it returns to the one around it. */
  public final class OpenModule implements AutoCloseable {
    private OpenModule() {}

    @Override
    public void close() {
      path.pop();
    }
  }

  public OpenModule module(String name, String className) {
    path.push(register(name, className));
    return new OpenModule();
  }

  /** The model's input. */
  public Value input() {
    return new Value(values++);
  }

  public Value embedding(String name, Value ids, long rows, long channels) {
    String module = register(name, ModuleInfo.EMBEDDING);
    parameters.add(new Parameter(module + ".weight", Shape.of(rows, channels)));
    return add(new Op.Embedding(module), module, ids);
  }

  public Value linear(String name, Value x, long outputs, long inputs, Op.Linear.Bias bias) {
    String module = register(name, ModuleInfo.LINEAR);
    parameters.add(new Parameter(module + ".weight", Shape.of(outputs, inputs)));
    if (bias == Op.Linear.Bias.PRESENT) {
      parameters.add(new Parameter(module + ".bias", Shape.of(outputs)));
    }
    return add(new Op.Linear(module, bias), module, x);
  }

  public Value rmsNorm(String name, String className, Value x, long channels, double epsilon) {
    String module = register(name, className);
    parameters.add(new Parameter(module + ".weight", Shape.of(channels)));
    return add(new Op.RmsNorm(module, epsilon), module, x);
  }

  /** An operation without parameters. */
  public Value apply(Op op, Value... inputs) {
    return add(op, path.isEmpty() ? "" : path.peek(), inputs);
  }

  /** The graph, whose layers are the modules of that class. */
  public Graph finish(Value input, Value output, String layerClass) {
    return new Graph(modules, parameters, nodes, input, output, layerClass);
  }

  private String register(String name, String className) {
    String full = path.isEmpty() ? name : path.peek() + "." + name;
    modules.add(new ModuleInfo(full, className));
    return full;
  }

  private Value add(Op op, String module, Value... inputs) {
    Value output = new Value(values++);
    nodes.add(new Node(op, List.of(inputs), output, module));
    return output;
  }
}
