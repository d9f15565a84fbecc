/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.json.Json;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.Problems;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;

/** The methods on the class path, by name. */
public final class ModifierRegistry {
  /** Methods of the peers that recipes may name, and that this version lacks. */
  private static final Set<String> NOT_YET =
      Set.of(
          "AWQModifier",
          "AutoRoundModifier",
          "ConstantPruningModifier",
          "LogarithmicEqualizationModifier",
          "MagnitudePruningModifier",
          "QuIPModifier",
          "REAPPruningModifier",
          "SmoothQuantModifier",
          "SparseGPTModifier",
          "SpinQuantModifier",
          "WandaPruningModifier",
          "OutputDistillationModifier");

  private final Map<String, ModifierFactory> factories = new TreeMap<>();

  public ModifierRegistry() {
    ServiceLoader.load(ModifierFactory.class, ModifierRegistry.class.getClassLoader())
        .forEach(factory -> factories.put(factory.name(), factory));
  }

  /** Makes a method; empty when there are problems, which are added to. */
  public Optional<Modifier> create(
      Settings settings, String name, String where, Problems problems) {
    ModifierFactory factory = factories.get(name);
    if (factory != null) {
      return factory.create(settings);
    }
    if (NOT_YET.contains(name)) {
      problems.add(
          where + ": " + name + " is known, but this version does not have it. It has: " + names());
    } else {
      String nearest = Nearest.hint(name, factories.keySet());
      problems.add(
          where + ": there is no modifier \"" + name + "\"." + nearest + " There are: " + names());
    }
    return Optional.empty();
  }

  /** Makes a method from plain settings; throws all problems at once. */
  public Modifier create(String name, Map<String, Json> values) {
    Problems problems = new Problems();
    Optional<Modifier> modifier = create(Settings.of(name, values, problems), name, name, problems);
    problems.throwIfAny();
    return modifier.orElseThrow(() -> new IllegalStateException("No problem and no " + name));
  }

  private String names() {
    return String.join(", ", factories.keySet());
  }
}
