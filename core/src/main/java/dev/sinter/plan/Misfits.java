/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.problem.Problems;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.quantization.Quantizer.Coupling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Weights that cannot be represented as planned, by the reason. */
final class Misfits {
  /** What a buffer of fp32 numbers holds. */
  private static final long MOST_AT_ONCE = Integer.MAX_VALUE / Float.BYTES;

  private final Map<String, List<String>> names = new LinkedHashMap<>();

  boolean isEmpty() {
    return names.isEmpty();
  }

  /** Whether a weight can be represented as planned; if not, that is a problem. */
  boolean fits(ModulePlan plan) {
    Optional<String> reason = misfit(plan);
    reason.ifPresent(text -> add(text, plan.module()));
    return reason.isEmpty();
  }

  private static Optional<String> misfit(ModulePlan plan) {
    QuantizationArgs args = plan.scheme().weights();
    long columns = plan.weight().columns();
    String scheme = plan.scheme().name();
    if (columns % args.groupColumns(columns) != 0) {
      return Optional.of(
          ": its "
              + columns
              + " columns are no multiple of the group size "
              + args.groupColumns(columns)
              + " of scheme "
              + scheme
              + ". Add it to ignore, or take a scheme without groups");
    }
    if (plan.solver().coupling(args) == Coupling.WHOLE
        && plan.weight().shape().elements() > MOST_AT_ONCE) {
      return Optional.of(
          ": its weight "
              + plan.weight().shape()
              + " must be rounded whole, and has more than "
              + MOST_AT_ONCE
              + " elements. Add it to ignore, or take an observer or a method that rounds by rows");
    }
    if (!plan.format().holds(args)) {
      return Optional.of(
          ": scheme "
              + scheme
              + " has no dense form that clients read: its scales are codes. Leave --save-compressed"
              + " true, or write the codes and decompress them");
    }
    if (args.type() == Type.FLOAT && args.numBits() == 4 && columns % 2 != 0) {
      return Optional.of(
          ": its "
              + columns
              + " columns are odd, and codes of four bits are stored in pairs. Add it to ignore");
    }
    return Optional.empty();
  }

  /** A module that cannot be as planned. */
  void add(String reason, String module) {
    names.computeIfAbsent(reason, key -> new ArrayList<>()).add(module);
  }

  /** One problem for each reason, however many modules it holds for. */
  void say(Problems problems) {
    names.forEach(
        (reason, modules) ->
            problems.add(
                modules.get(0)
                    + (modules.size() == 1 ? "" : " and " + (modules.size() - 1) + " more modules")
                    + reason));
  }
}
