/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.json.Json;
import dev.sinter.modifier.declared.DeclaredMethods;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.Place;
import dev.sinter.problem.Problems;
import dev.sinter.problem.RequestException;
import dev.sinter.setting.Settings;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlNode.Mapping;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The methods on the class path, by name; and those that are declared but not there yet. The class
 * path is that of the library, and that of the thread: jars that an application was submitted with.
 */
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
    Map<String, ModifierFactory> found = new TreeMap<>();
    Stream.of(
            ModifierRegistry.class.getClassLoader(), Thread.currentThread().getContextClassLoader())
        .filter(Objects::nonNull)
        .forEach(loader -> find(loader, found));
    factories.putAll(found);
  }

  /** What a loader hands on from its parents is found once. */
  private static void find(ClassLoader loader, Map<String, ModifierFactory> found) {
    try {
      for (ModifierFactory factory : ServiceLoader.load(ModifierFactory.class, loader)) {
        ModifierFactory other = found.putIfAbsent(factory.table().owner(), factory);
        if (other != null && other.getClass() != factory.getClass()) {
          throw new RequestException(
              "Two methods on the class path have the name "
                  + factory.table().owner()
                  + ": "
                  + described(other)
                  + ", and "
                  + described(factory)
                  + ". Leave one out");
        }
      }
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new RequestException(
          "A jar on the class path adds a method that cannot be loaded: " + e.getMessage(), e);
    }
  }

  private static String described(ModifierFactory factory) {
    return factory.getClass().getName()
        + Optional.ofNullable(factory.getClass().getProtectionDomain().getCodeSource())
            .map(source -> " of " + source.getLocation())
            .orElse("");
  }

  public Collection<ModifierFactory> factories() {
    return Collections.unmodifiableCollection(factories.values());
  }

  /** The names of today by those of older documents. */
  public Map<String, String> olderNames() {
    return new TreeMap<>(OLD_NAMES);
  }

  /** A method that is there under an older name is meant by that. */
  private String today(String name) {
    return factories.containsKey(name) ? name : OLD_NAMES.getOrDefault(name, name);
  }

  /** Whether there is a method of that name, or was one. */
  public boolean knows(String name) {
    return factories.containsKey(today(name));
  }

  /**
   * Makes a method; empty when there are problems, which are added to.
   *
   * @param notes told of what is read although one would not expect it
   */
  public Optional<Modifier> create(
      String name, Place place, Mapping settings, Problems problems, Consumer<String> notes) {
    ModifierFactory factory = factories.get(today(name));
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
    Settings read = new Settings(factory.table(), settings, place, problems, notes);
    return factory.create(read).filter(modifier -> read.isSound());
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
