/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.modifier.Resolution;
import dev.sinter.modifier.Resolution.Match;
import dev.sinter.modifier.SchemeGroup;
import dev.sinter.modifier.Targets;
import dev.sinter.quantization.Observer;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.Dynamic;
import dev.sinter.quantization.QuantizationScheme;
import dev.sinter.quantization.QuantizationScheme.Activations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rules with what an algorithm asks of the representations that they come to.
 *
 * @param grouped whether weights must have scales for groups of columns
 * @param observer what looks for the ranges of NVFP4 inputs, in place of their extremes
 */
record RefinedRules(QuantizerRules rules, boolean grouped, Optional<Observer> observer)
    implements Targets {

  @Override
  public Resolution resolve(List<ModuleInfo> modules) {
    Resolution found = rules.resolve(modules);
    List<String> problems = new ArrayList<>(found.problems());
    if (grouped) {
      found.groups().stream()
          .filter(group -> group.scheme().weights().groupSize().isEmpty())
          .map(
              group ->
                  "the scheme "
                      + group.scheme().name()
                      + " has no groups of columns whose"
                      + " ranges could be cut. Give weights block_sizes, or take the algorithm awq_lite"
                      + " or mse")
          .forEach(problems::add);
    }
    Map<SchemeGroup, SchemeGroup> observed = new HashMap<>();
    found.groups().forEach(group -> observed.put(group, observed(group)));
    Map<String, Match> touched = new LinkedHashMap<>();
    found
        .touched()
        .forEach(
            (module, match) ->
                touched.put(module, new Match(match.target(), match.group().map(observed::get))));
    return new Resolution(
        touched,
        found.held(),
        found.rules(),
        found.groups().stream().map(observed::get).toList(),
        found.kvCache(),
        problems);
  }

  private SchemeGroup observed(SchemeGroup group) {
    QuantizationScheme scheme = group.scheme();
    if (observer.isPresent()
        && scheme.inputs() instanceof Activations.Quantized quantized
        && isObserved(quantized.args())) {
      return group.withScheme(
          scheme.withInputs(
              new Activations.Quantized(quantized.args().withObserver(observer.get()))));
    }
    return group;
  }

  private static boolean isObserved(QuantizationArgs args) {
    return args.dynamic() == Dynamic.LOCAL && args.setRange().isEmpty();
  }
}
