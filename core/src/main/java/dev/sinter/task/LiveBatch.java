/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.graph.Interpreter;
import dev.sinter.graph.Sequences;
import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import dev.sinter.tensor.Holding;
import dev.sinter.tensor.Scope;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;

/** The values of a micro-batch between the pieces of a subgraph. */
final class LiveBatch implements AutoCloseable {
  private final Sequences sequences;
  private final Map<Value, Tensor> live = new HashMap<>();
  private final Map<Value, Holding> held = new HashMap<>();

  /** What a block holds of a subgraph's inputs. */
  LiveBatch(byte[] block, List<Value> inputs) {
    try (Scope scope = Scope.open()) {
      ActivationBlock given = ActivationBlock.decode(block);
      this.sequences = given.sequences();
      for (int i = 0; i < given.tensors().size(); i++) {
        hold(inputs.get(i), given.tensors().get(i));
      }
    }
  }

  private void hold(Value value, Tensor tensor) {
    Holding holding = new Holding();
    live.put(value, holding.hold(tensor));
    held.put(value, holding);
  }

  /** Runs a piece, shows its observed values, and holds what those behind it need, no more. */
  void run(
      Subgraph piece,
      Interpreter interpreter,
      SubgraphWeights weights,
      Set<Value> observed,
      BiConsumer<Value, Tensor> visitor) {
    Set<Value> made = new HashSet<>(piece.outputs());
    made.removeAll(live.keySet());
    Set<Value> wanted = new HashSet<>(made);
    wanted.addAll(observed);
    try (Scope scope = Scope.open()) {
      interpreter.run(
          weights.frame(sequences),
          Map.copyOf(live),
          wanted,
          (value, tensor) -> {
            if (observed.contains(value)) {
              visitor.accept(value, tensor);
            }
            if (made.contains(value)) {
              hold(value, tensor.contiguous().clone());
            }
          });
    }
    for (Value value : Set.copyOf(live.keySet())) {
      if (!piece.outputs().contains(value)) {
        live.remove(value);
        held.remove(value).close();
      }
    }
  }

  long sequences() {
    return sequences.count();
  }

  /** What is live of these values, as a block. */
  byte[] encode(List<Value> outputs) {
    try (Scope scope = Scope.open()) {
      return new ActivationBlock(sequences, outputs.stream().map(live::get).toList()).encode();
    }
  }

  @Override
  public void close() {
    held.values().forEach(Holding::close);
    held.clear();
    live.clear();
  }
}
