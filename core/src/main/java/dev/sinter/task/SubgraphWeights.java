/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.checkpoint.SafetensorsHeader;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.graph.Frame;
import dev.sinter.graph.Node;
import dev.sinter.graph.Sequences;
import dev.sinter.graph.Weights;
import dev.sinter.plan.ModulePlan;
import dev.sinter.quantization.QuantizedWeight;
import dev.sinter.quantization.Quantizer;
import dev.sinter.tensor.Holding;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * The parameters of some nodes, in the run's type unless the model needs them exactly: those of
 * solved modules decoded from the workspace, the others as the checkpoint has them; and how
 * activations are rounded there.
 */
final class SubgraphWeights implements Weights, AutoCloseable {
  private final Holding holding = new Holding();
  private final Map<String, Tensor> parameters = new HashMap<>();
  private final ActivationRounding rounding = new ActivationRounding();

  private SubgraphWeights() {}

  static SubgraphWeights load(RunContext run, List<Node> nodes, List<SolvedModule> solved)
      throws IOException {
    SubgraphWeights weights = new SubgraphWeights();
    Set<String> names = new LinkedHashSet<>();
    nodes.forEach(node -> names.addAll(node.op().parameters()));
    Set<String> exact = new HashSet<>();
    nodes.forEach(node -> exact.addAll(node.op().exactParameters()));
    Map<String, SolvedModule> byWeight = new HashMap<>();
    solved.forEach(module -> byWeight.put(module.plan().weightName(), module));
    try (TensorReader stored = new TensorReader(run.checkpointStore());
        TensorReader packed = new TensorReader(run.solvedStore())) {
      for (String name : names) {
        try (Scope scope = Scope.open()) {
          Tensor tensor =
              byWeight.containsKey(name)
                  ? read(run, byWeight.get(name), stored, packed)
                  : run.parameters().get(name).read(stored);
          Tensor typed = exact.contains(name) ? tensor : Tensors.to(tensor, run.dtype());
          weights.parameters.put(name, weights.holding.hold(typed.contiguous()));
        }
      }
      weights.rounding.load(run, nodes, weights.holding);
      return weights;
    } catch (IOException | RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  /** What clients compute with in place of a module's weight. */
  private static Tensor read(
      RunContext run, SolvedModule module, TensorReader stored, TensorReader packed)
      throws IOException {
    if (module instanceof SolvedModule.Stored codes) {
      return decode(run, codes, packed);
    }
    ModulePlan plan = module.plan();
    return new ModuleSolve(stored).decoded(plan, plan.solver().prepare(Map.of()));
  }

  private static Tensor decode(RunContext run, SolvedModule.Stored module, TensorReader reader)
      throws IOException {
    ModulePlan plan = module.plan();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    String prefix = plan.module() + ".";
    for (TensorEntry entry : SafetensorsHeader.read(run.solvedStore(), module.file()).tensors()) {
      if (entry.name().startsWith(prefix)) {
        tensors.put(entry.name().substring(prefix.length()), reader.read(entry));
      }
    }
    QuantizedWeight weight =
        plan.format()
            .open(tensors, plan.weight().rows(), plan.weight().columns(), plan.scheme().weights());
    return new Quantizer(plan.scheme().weights()).decode(weight);
  }

  /** What operations know while they run on these sequences. */
  Frame frame(Sequences sequences) {
    return new Frame(this, rounding, sequences);
  }

  @Override
  public Tensor parameter(String name) {
    return parameters.get(name);
  }

  @Override
  public void close() {
    holding.close();
  }
}
