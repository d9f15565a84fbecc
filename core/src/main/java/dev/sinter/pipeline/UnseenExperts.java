/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.checkpoint.SafetensorsHeader;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.plan.ActivationPlan;
import dev.sinter.plan.Plan;
import dev.sinter.problem.RequestException;
import dev.sinter.quantization.ActivationObserver;
import dev.sinter.session.Workspace;
import dev.sinter.task.ShardPiece;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Gives the activations of experts that saw no token the parameters of that expert of their layer
 * whose range is the widest: servers that run experts as one take the widest of all anyway.
 */
final class UnseenExperts {
  private static final String EXPERT = "\\.experts\\.\\d{1,6}\\.";

  private static final Pattern IN_EXPERT = Pattern.compile(EXPERT);

  private final Workspace workspace;
  private final Map<String, String> files;
  private final Map<String, List<ActivationPlan>> seenByRole = new LinkedHashMap<>();
  private final List<ActivationPlan> unseen = new ArrayList<>();

  private UnseenExperts(
      List<ActivationPlan> activations, Workspace workspace, Map<String, String> files) {
    this.workspace = workspace;
    this.files = files;
    for (ActivationPlan activation : activations) {
      if (files.containsKey(first(activation).name())) {
        seenByRole.computeIfAbsent(role(activation), key -> new ArrayList<>()).add(activation);
      } else {
        unseen.add(activation);
      }
    }
  }

  /**
   * The pieces of what was not found.
   *
   * @param files of the workspace, by the parameters that were found
   */
  static Map<String, ShardPiece> pieces(
      Plan plan, Workspace workspace, Map<String, String> files, Notices notices)
      throws IOException {
    return new UnseenExperts(plan.calibration().activations(), workspace, files).pieces(notices);
  }

  /**
   * For each activation that was not found the one whose parameters it gets.
   *
   * @param files of the workspace, by the parameters that were found
   */
  static Map<ActivationPlan, ActivationPlan> widest(
      List<ActivationPlan> activations, Workspace workspace, Map<String, String> files)
      throws IOException {
    return new UnseenExperts(activations, workspace, files).widest();
  }

  /** Whether a module, or a tensor of it, is an expert's. */
  static boolean isOfExpert(String module) {
    return IN_EXPERT.matcher(module).find();
  }

  private static TensorSpec first(ActivationPlan activation) {
    return activation.outputs().get(0);
  }

  /** The same for all experts of a layer. */
  private static String role(ActivationPlan activation) {
    return IN_EXPERT.matcher(first(activation).name()).replaceAll(".experts.*.");
  }

  private Map<String, ShardPiece> pieces(Notices notices) throws IOException {
    Map<String, ShardPiece> pieces = new LinkedHashMap<>();
    widest()
        .forEach(
            (activation, widest) -> {
              String file = files.get(first(widest).name());
              for (int i = 0; i < activation.outputs().size(); i++) {
                pieces.put(
                    activation.outputs().get(i).name(),
                    new ShardPiece.SolvedAs(file, widest.outputs().get(i).name()));
              }
            });
    if (!unseen.isEmpty()) {
      notices.add(
          unseen.size()
              + " activations of experts, such as "
              + unseen.get(0).point()
              + ", saw no token of the calibration data: their scales are those of the expert of"
              + " their layer whose range is the widest. More samples, or"
              + " --moe-calibrate-all-experts, would reach them");
    }
    return pieces;
  }

  private Map<ActivationPlan, ActivationPlan> widest() throws IOException {
    Map<ActivationPlan, ActivationPlan> widest = new LinkedHashMap<>();
    Map<String, ActivationPlan> byRole = new HashMap<>();
    for (ActivationPlan activation : unseen) {
      if (!byRole.containsKey(role(activation))) {
        byRole.put(role(activation), widest(activation));
      }
      widest.put(activation, byRole.get(role(activation)));
    }
    return widest;
  }

  private ActivationPlan widest(ActivationPlan unseenOne) throws IOException {
    Map<ActivationPlan, Double> steps = new LinkedHashMap<>();
    for (ActivationPlan seen : seenByRole.getOrDefault(role(unseenOne), List.of())) {
      steps.put(seen, step(seen));
    }
    Optional<ActivationPlan> widest =
        steps.entrySet().stream()
            .max(Comparator.comparing(Map.Entry::getValue))
            .map(Map.Entry::getKey);
    return widest.orElseThrow(
        () ->
            new RequestException(
                unseenOne.point()
                    + " saw no token of the calibration data, and so there is no range for its"
                    + " scale. Give more samples, or --moe-calibrate-all-experts"));
  }

  /** How far apart codes are: the larger, the wider the range. */
  private double step(ActivationPlan seen) throws IOException {
    TensorSpec spec = first(seen);
    try (Scope scope = Scope.open();
        TensorReader reader = new TensorReader(workspace.solved())) {
      for (TensorEntry entry :
          SafetensorsHeader.read(workspace.solved(), files.get(spec.name())).tensors()) {
        if (entry.name().equals(spec.name())) {
          float value = Tensors.floats(Tensors.to(reader.read(entry), DType.F32))[0];
          return spec.name().endsWith(ActivationObserver.GLOBAL_SCALE) ? 1 / value : value;
        }
      }
      throw new IllegalStateException(files.get(spec.name()) + " lacks " + spec.name());
    }
  }
}
