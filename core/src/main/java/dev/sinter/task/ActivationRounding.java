/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.checkpoint.TensorReader;
import dev.sinter.graph.Hooks;
import dev.sinter.graph.Node;
import dev.sinter.quantization.ActivationQuantizer;
import dev.sinter.tensor.Holding;
import dev.sinter.weight.ActivationPoint;
import dev.sinter.weight.ActivationPoint.Role;
import dev.sinter.weight.StoredActivation;
import dev.sinter.weight.StoredActivation.Home;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;

/** Rounds activations where a checkpoint wants it, or will once it is written, as clients do. */
final class ActivationRounding implements Hooks {
  private final Map<ActivationPoint, ActivationQuantizer> quantizers = new HashMap<>();

  /** Reads what the modules of some nodes need; the holding keeps it. */
  void load(RunContext run, List<Node> nodes, Holding holding) throws IOException {
    Set<String> modules = nodes.stream().map(Node::module).collect(Collectors.toSet());
    try (TensorReader stored = new TensorReader(run.checkpointStore());
        TensorReader solved = new TensorReader(run.solvedStore())) {
      for (Map.Entry<ActivationPoint, StoredActivation> point : run.activations().entrySet()) {
        if (modules.contains(point.getKey().module())) {
          StoredActivation activation = point.getValue();
          TensorReader reader = activation.home() == Home.WORKSPACE ? solved : stored;
          quantizers.put(point.getKey(), activation.open(reader, run.dtype(), holding));
        }
      }
    }
  }

  @Override
  public Tensor input(String module, Tensor x_NC) {
    return rounded(module, Role.INPUT, x_NC);
  }

  @Override
  public Tensor output(String module, Tensor y_NC) {
    return rounded(module, Role.OUTPUT, y_NC);
  }

  @Override
  public Tensor query(String module, Tensor q_NHD) {
    return roundedHeads(module, Role.QUERY, q_NHD);
  }

  @Override
  public Tensor key(String module, Tensor k_NHD) {
    return roundedHeads(module, Role.KEY, k_NHD);
  }

  @Override
  public Tensor value(String module, Tensor v_NHD) {
    return roundedHeads(module, Role.VALUE, v_NHD);
  }

  private Tensor rounded(String module, Role role, Tensor x_NC) {
    ActivationQuantizer quantizer = quantizers.get(new ActivationPoint(module, role));
    return quantizer == null ? x_NC : quantizer.apply(x_NC);
  }

  private Tensor roundedHeads(String module, Role role, Tensor x_NHD) {
    ActivationQuantizer quantizer = quantizers.get(new ActivationPoint(module, role));
    return quantizer == null ? x_NHD : quantizer.applyToHeads(x_NHD);
  }
}
