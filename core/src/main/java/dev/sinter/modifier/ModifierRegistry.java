/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.json.Json;
import dev.sinter.modifier.declared.DeclaredMethods;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.Place;
import dev.sinter.problem.Problems;
import dev.sinter.setting.Settings;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlNode.Mapping;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The methods on the class path, by name; and those that are declared but not there yet. */
public final class ModifierRegistry {
  /** Names of older documents. */
  private static final Map<String, String> OLD_NAMES =
      Map.of(
          "WANDA", "WandaPruningModifier",
          "DistillationModifier", "OutputDistillationModifier",
          "SparseGPT", "SparseGPTModifier",
          "GPTQ", "GPTQModifier",
          "AWQ", "AWQModifier",
          "SmoothQuant", "SmoothQuantModifier");

  private final Map<String, ModifierFactory> factories = new TreeMap<>();

  public ModifierRegistry() {
    DeclaredMethods.all().forEach(factory -> factories.put(factory.table().owner(), factory));
    ServiceLoader.load(ModifierFactory.class, ModifierRegistry.class.getClassLoader())
        .forEach(factory -> factories.put(factory.table().owner(), factory));
  }

  public Collection<ModifierFactory> factories() {
    return Collections.unmodifiableCollection(factories.values());
  }

  /** The names of today by those of older documents. */
  public Map<String, String> olderNames() {
    return new TreeMap<>(OLD_NAMES);
  }

  /** Whether there is a method of that name, or was one. */
  public boolean knows(String name) {
    return factories.containsKey(OLD_NAMES.getOrDefault(name, name));
  }

  /**
   * Makes a method; empty when there are problems, which are added to.
   *
   * @param notes told of what is read although one would not expect it
   */
  public Optional<Modifier> create(
      String name, Place place, Mapping settings, Problems problems, Consumer<String> notes) {
    ModifierFactory factory = factories.get(OLD_NAMES.getOrDefault(name, name));
    if (factory == null) {
      problems.add(
          place,
          "there is no modifier \""
              + name
              + "\"."
              + hint(name)
              + " There are: "
              + String.join(", ", factories.keySet()));
      return Optional.empty();
    }
    return factory.create(new Settings(factory.table(), settings, place, problems, notes));
  }

  /** Older names are known, but what is taught is the name of today. */
  private String hint(String name) {
    return Nearest.to(name, factories.keySet())
        .or(() -> Nearest.to(name, OLD_NAMES.keySet()).map(OLD_NAMES::get))
        .map(nearest -> " Did you mean " + nearest + "?")
        .orElse("");
  }

  /** Makes a method from plain settings; throws all problems at once. */
  public Modifier create(String name, Map<String, Json> values) {
    Problems problems = new Problems();
    Mapping settings = (Mapping) YamlNode.of(name, new Json.Obj(values));
    Optional<Modifier> modifier = create(name, Place.of(name), settings, problems, note -> {});
    problems.throwIfAny();
    return modifier.orElseThrow(() -> new IllegalStateException("No problem and no " + name));
  }
}
