/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.quantization;

import dev.sinter.json.Json;
import dev.sinter.modifier.SchemeGroup;
import dev.sinter.modifier.quantization.ConfigGroups.Groups;
import dev.sinter.quantization.Observer;
import dev.sinter.quantization.QuantizationArgs.Dynamic;
import dev.sinter.quantization.QuantizationScheme;
import dev.sinter.quantization.QuantizationScheme.Activations;
import dev.sinter.setting.Form;
import dev.sinter.setting.Setting;
import dev.sinter.setting.SettingTable;
import dev.sinter.setting.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The settings that name an observer for all groups: {@code weight_observer} and its like. */
final class Observers {
  private static final String ALL = "observer";

  /** What is observed, by the name of its own setting and by its name within {@code observer}. */
  private enum Part {
    WEIGHTS("weight_observer", "weights"),
    INPUT("input_observer", "input"),
    OUTPUT("output_observer", "output");

    private final String setting;
    private final String inAll;

    Part(String setting, String inAll) {
      this.setting = setting;
      this.inAll = inAll;
    }
  }

  static final List<Setting> SETTINGS = settings();

  private Observers() {}

  private static List<Setting> settings() {
    List<Setting> settings = new ArrayList<>();
    List<Setting> byPart = new ArrayList<>();
    for (Part part : Part.values()) {
      String meaning = "How the range is found that codes of the " + part.inAll + " cover";
      settings.add(Setting.of(part.setting, new Form.Text(), meaning));
      byPart.add(Setting.of(part.inAll, new Form.Text(), meaning));
    }
    SettingTable all = new SettingTable(ALL, byPart.toArray(Setting[]::new));
    settings.add(
        Setting.of(
            ALL,
            Form.either(new Form.Text(), new Form.Table(all)),
            "The observers in one setting: {weights: memoryless_mse, input: static_minmax}"));
    return settings;
  }

  /** The groups with the observers that are named; none when there is a problem. */
  static Groups apply(Settings settings, Groups groups) {
    Groups observed = groups;
    boolean sound = true;
    for (Part part : Part.values()) {
      Optional<String> own = settings.text(part.setting);
      Optional<String> shared = settings.json(ALL).flatMap(value -> named(value, part));
      if (own.isPresent() && settings.hasValue(ALL)) {
        settings.problem(ALL, "observer and " + part.setting + " both name one; give one of them");
        sound = false;
      }
      Optional<String> name = own.or(() -> shared);
      if (name.isPresent()) {
        List<String> problems = new ArrayList<>();
        Optional<Observer> observer = observer(part, name.get(), problems::add);
        String place = own.isPresent() ? part.setting : ALL;
        problems.forEach(problem -> settings.problem(place, problem));
        sound &= problems.isEmpty();
        Groups before = observed;
        observed = observer.map(found -> with(before, part, found)).orElse(before);
      }
    }
    return sound ? observed : Groups.NONE;
  }

  /** What attention modules round are their inputs. */
  private static Groups with(Groups groups, Part part, Observer observer) {
    return new Groups(
        groups.weights().stream().map(group -> with(group, part, observer)).toList(),
        part == Part.INPUT
            ? groups.attention().stream()
                .map(group -> group.with(group.args().withObserver(observer)))
                .toList()
            : groups.attention());
  }

  /** A name alone is that of weights. */
  private static Optional<String> named(Json value, Part part) {
    if (value instanceof Json.Str text) {
      return part == Part.WEIGHTS ? Optional.of(text.value()) : Optional.empty();
    }
    return ((Json.Obj) value)
        .member(part.inAll)
        .filter(Json.Str.class::isInstance)
        .map(text -> ((Json.Str) text).value());
  }

  private static Optional<Observer> observer(Part part, String name, Consumer<String> problem) {
    return Optional.of(
        part == Part.WEIGHTS
            ? Observer.ofWeights(name, problem)
            : Observer.ofActivations(name, problem));
  }

  private static SchemeGroup with(SchemeGroup group, Part part, Observer observer) {
    QuantizationScheme scheme = group.scheme();
    return group.withScheme(
        switch (part) {
          case WEIGHTS -> scheme.withWeights(scheme.weights().withObserver(observer));
          case INPUT -> scheme.withInputs(with(scheme.inputs(), observer));
          case OUTPUT ->
              new QuantizationScheme(
                  scheme.name(),
                  scheme.weights(),
                  scheme.inputs(),
                  with(scheme.outputs(), observer));
        });
  }

  /** Ranges that are found when the model runs have no observer. */
  private static Activations with(Activations activations, Observer observer) {
    return activations instanceof Activations.Quantized quantized
            && quantized.args().dynamic() != Dynamic.YES
        ? new Activations.Quantized(quantized.args().withObserver(observer))
        : activations;
  }
}
