/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import dev.sinter.graph.Experts.Router;
import dev.sinter.graph.LayerNorm.Affine;
import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.graph.Parameter.Storage;
import dev.sinter.tensor.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Records a graph while an architecture's class walks through its model. Modules nest: {@link
 * #module} opens one, and what is recorded until it closes stands inside. Names are relative to the
 * enclosing module.
 */
public final class Tracer {
  private final List<ModuleInfo> modules = new ArrayList<>();
  private final List<Parameter> parameters = new ArrayList<>();
  private final Map<String, String> ties = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Deque<String> path = new ArrayDeque<>();
  private int values;

  /** A module that is being walked through; closing it returns to the one around it. */
  public final class OpenModule implements AutoCloseable {
    private OpenModule() {}

    /** The whole name. */
    public String name() {
      return path.peek();
    }

    @Override
    public void close() {
      path.pop();
    }
  }

  /** A module within the open one; what has no name is the open one itself. */
  public OpenModule module(String name, String className) {
    path.push(name.isEmpty() ? enclosing() : register(name, className));
    return new OpenModule();
  }

  /** The model's input: token ids. */
  public Value input() {
    return new Value(values++, 1);
  }

  public Value embedding(String name, Value ids, long rows, long channels) {
    String module = register(name, ModuleInfo.EMBEDDING);
    declare(module + ".weight", Shape.of(rows, channels), Storage.AS_DECLARED);
    return add(new Op.Embedding(module, channels), module, ids);
  }

  /** A table of positions, of which the first {@code offset} rows are never read. */
  public Value positions(String name, Value ids, long positions, long channels, long offset) {
    String module = register(name, ModuleInfo.EMBEDDING);
    declare(module + ".weight", Shape.of(positions + offset, channels), Storage.AS_DECLARED);
    return add(new LearnedPositions(module, channels, offset), module, ids);
  }

  public Value linear(String name, Value x, long outputs, Bias bias) {
    return linear(register(name, ModuleInfo.LINEAR), x, outputs, bias, Storage.AS_DECLARED);
  }

  /** A linear module whose weight is stored as [inputs, outputs]. */
  public Value conv1d(String name, Value x, long outputs, Bias bias) {
    return linear(register(name, ModuleInfo.CONV1D), x, outputs, bias, Storage.TRANSPOSED);
  }

  private Value linear(String module, Value x, long outputs, Bias bias, Storage storage) {
    declare(module + ".weight", Shape.of(outputs, x.channels()), storage);
    declareBias(module, outputs, bias);
    return add(new Op.Linear(module, outputs, bias), module, x);
  }

  /** The logits by which experts are chosen. */
  public Value router(String name, Value x, long experts, Bias bias, Router.Precision precision) {
    String module = register(name, ModuleInfo.ROUTER);
    declare(module + ".weight", Shape.of(experts, x.channels()), Storage.AS_DECLARED);
    declareBias(module, experts, bias);
    return add(new Router(module, experts, bias, precision), module, x);
  }

  /** A norm over so many channels: all of the input, or those of each head. */
  public Value rmsNorm(
      String name,
      String className,
      Value x,
      long channels,
      double epsilon,
      RmsNorm.Scaling scaling) {
    String module = register(name, className);
    declare(module + ".weight", Shape.of(channels), Storage.AS_DECLARED);
    return add(new RmsNorm(module, epsilon, scaling), module, x);
  }

  public Value layerNorm(String name, Value x, double epsilon, Affine affine) {
    String module = register(name, "LayerNorm");
    LayerNorm norm = new LayerNorm(module, epsilon, affine);
    norm.parameters()
        .forEach(parameter -> declare(parameter, Shape.of(x.channels()), Storage.AS_DECLARED));
    return add(norm, module, x);
  }

  /** An operation whose parameters, if it has any, are declared by {@link #parameter}. */
  public Value apply(Op op, Value... inputs) {
    return add(op, enclosing(), inputs);
  }

  /** Declares a parameter, and returns its whole name. */
  public String parameter(String name, Shape shape) {
    String full = full(name);
    declare(full, shape, Storage.AS_DECLARED);
    return full;
  }

  /** Says that a parameter is another one where the checkpoint does not hold it. */
  public void tie(String parameter, String other) {
    ties.put(parameter, other);
  }

  /** The graph, whose layers are the modules of that class. */
  public Graph finish(Value input, Value output, String layerClass) {
    return new Graph(modules, parameters, ties, nodes, input, output, layerClass);
  }

  private void declareBias(String module, long channels, Bias bias) {
    if (bias == Bias.PRESENT) {
      declare(module + ".bias", Shape.of(channels), Storage.AS_DECLARED);
    }
  }

  private void declare(String name, Shape shape, Storage storage) {
    parameters.add(new Parameter(name, shape, storage));
  }

  private String register(String name, String className) {
    String full = full(name);
    modules.add(new ModuleInfo(full, className));
    return full;
  }

  private String full(String name) {
    return enclosing().isEmpty() ? name : enclosing() + "." + name;
  }

  private String enclosing() {
    return path.isEmpty() ? "" : path.peek();
  }

  private Value add(Op op, String module, Value... inputs) {
    List<Value> read = List.of(inputs);
    Value output = new Value(values++, op.channels(read));
    nodes.add(new Node(op, read, output, module));
    return output;
  }
}
