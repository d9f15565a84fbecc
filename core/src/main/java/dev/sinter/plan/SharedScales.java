/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.quantization.Quantizer;
import dev.sinter.weight.WeightSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which modules must share a global scale: those that are one matrix to clients. */
final class SharedScales {
  private SharedScales() {}

  /** The plans, each knowing the weights that it shares a scale with. */
  static Map<String, ModulePlan> resolve(Map<String, ModulePlan> plans, FusedSets fused) {
    Map<String, ModulePlan> resolved = new LinkedHashMap<>(plans);
    List<String> scaled =
        plans.values().stream()
            .filter(plan -> new Quantizer(plan.scheme().weights()).hasGlobalScale())
            .map(ModulePlan::module)
            .toList();
    for (List<String> set : fused.among(scaled)) {
      List<ModulePlan> members = set.stream().map(plans::get).toList();
      if (members.stream().map(plan -> plan.scheme().weights()).distinct().count() > 1) {
        continue;
      }
      for (ModulePlan plan : members) {
        List<WeightSource> others =
            members.stream()
                .filter(other -> !other.module().equals(plan.module()))
                .map(ModulePlan::weight)
                .toList();
        resolved.put(plan.module(), plan.sharingWith(others));
      }
    }
    return resolved;
  }
}
