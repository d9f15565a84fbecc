/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.setting;

import dev.sinter.json.Json;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.Place;
import dev.sinter.problem.Problems;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlNode.Mapping;
import dev.sinter.yaml.YamlNode.Member;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Settings as given, held against their table when they are made: a name that is none, a value of
 * another form, one that is missing, are problems at their places. What has a problem reads as not
 * given.
 */
public final class Settings {
  private static final String LIST = " It has: ";

  private final SettingTable table;
  private final Mapping given;
  private final Place owner;
  private final Problems problems;
  private final Consumer<String> notes;
  private final Set<String> unsound = new HashSet<>();

  /** What was said to write in place of names that are no settings. */
  private final List<String> advice = new ArrayList<>();

  private boolean sound = true;

  /**
   * Checks what is given.
   *
   * @param owner where what the settings belong to is named
   */
  public Settings(SettingTable table, Mapping given, Place owner, Problems problems) {
    this(table, given, owner, problems, note -> {});
  }

  /**
   * Checks what is given.
   *
   * @param owner where what the settings belong to is named
   * @param notes told of what is read although one would not expect it
   */
  public Settings(
      SettingTable table, Mapping given, Place owner, Problems problems, Consumer<String> notes) {
    this.table = table;
    this.given = given;
    this.owner = owner;
    this.problems = problems;
    this.notes = notes;
    given.members().forEach(this::check);
    table.settings().stream()
        .filter(setting -> setting.standing() == Setting.Standing.REQUIRED)
        .filter(setting -> given.value(setting.name()).isEmpty() && !isAdvised(setting.name()))
        .forEach(
            setting ->
                problem(
                    owner,
                    table.owner()
                        + " needs "
                        + setting.name()
                        + ", "
                        + setting.form().expected()
                        + ": "
                        + setting.meaning().substring(0, 1).toLowerCase(Locale.ROOT)
                        + setting.meaning().substring(1)));
  }

  private void check(Member member) {
    Optional<Setting> setting = table.setting(member.name());
    if (setting.isEmpty()) {
      unsound.add(member.name());
      String hint = hint(member.name());
      advice.add(hint);
      problem(member.place(), table.owner() + " has no setting \"" + member.name() + "\"." + hint);
    } else if (!member.value().isNull()
        && !setting.get().form().check(member.name(), member.value(), problems)) {
      unsound.add(member.name());
      sound = false;
    }
  }

  private String hint(String name) {
    String known = table.elsewhere().getOrDefault(name, "");
    if (!known.isEmpty()) {
      return " " + known;
    }
    String nearest = Nearest.hint(name, table.names());
    return nearest.isEmpty() ? LIST + String.join(", ", table.names()) : nearest;
  }

  /** Whether nothing that was said of these settings was a problem. */
  public boolean isSound() {
    return sound;
  }

  /**
   * Whether one more problem with a setting would tell of the same fault again: its value was told
   * to be wrong, or another name was told to mean it.
   */
  public boolean isAdvised(String name) {
    return (given.member(name).isPresent() && unsound.contains(name))
        || advice.stream()
            .filter(text -> !text.startsWith(LIST))
            .anyMatch(text -> text.matches(".*\\b" + name + "\\b.*"));
  }

  /** Tells of what is read although one would not expect it. */
  public void note(Place place, String text) {
    notes.accept(place.at() + ": " + text);
  }

  public SettingTable table() {
    return table;
  }

  /** Where what the settings belong to is named. */
  public Place owner() {
    return owner;
  }

  /** Where a setting's value stands; its owner if it is not given. */
  public Place place(String name) {
    return given.member(name).map(member -> member.value().place()).orElse(owner);
  }

  /** A problem with a setting's value. */
  public void problem(String name, String text) {
    problem(place(name), text);
  }

  /** A problem that stands somewhere. */
  public void problem(Place place, String text) {
    sound = false;
    problems.add(place, text);
  }

  /** Whether the setting is given, if only as null. */
  public boolean isGiven(String name) {
    return given.member(name).isPresent();
  }

  /** Whether the setting is given, and not as null. */
  public boolean hasValue(String name) {
    return node(name).isPresent();
  }

  /** What is given, with its place. */
  public Optional<YamlNode> node(String name) {
    return unsound.contains(name) ? Optional.empty() : given.value(name);
  }

  /** The value, given or standard. */
  public Optional<Json> json(String name) {
    Setting setting =
        table
            .setting(name)
            .orElseThrow(
                () -> new IllegalArgumentException(table.owner() + " has no setting " + name));
    return node(name)
        .map(YamlNode::json)
        .or(() -> Optional.of(setting.standard()))
        .filter(value -> !(value instanceof Json.Null));
  }

  public Optional<String> text(String name) {
    return json(name).map(value -> ((Json.Str) value).value());
  }

  /** A list of texts; a single text counts as a list of one. */
  public Optional<List<String>> texts(String name) {
    return json(name).map(Settings::texts);
  }

  /** A value as a list of texts; a single text counts as a list of one, anything else as none. */
  public static List<String> texts(Json value) {
    if (value instanceof Json.Str text) {
      return List.of(text.value());
    }
    List<String> texts = new ArrayList<>();
    if (value instanceof Json.Arr array) {
      for (Json item : array.items()) {
        if (item instanceof Json.Str text) {
          texts.add(text.value());
        }
      }
      return texts.size() == array.items().size() ? texts : List.of();
    }
    return texts;
  }

  /** A whole number that has a default. */
  public int whole(String name) {
    return (int) ((Json.Num) json(name).orElseThrow()).asLong();
  }

  /** A number that has a default. */
  public double number(String name) {
    return ((Json.Num) json(name).orElseThrow()).asDouble();
  }

  /** A choice that has a default. */
  public boolean flag(String name) {
    return ((Json.Bool) json(name).orElseThrow()).value();
  }

  /** What is given and sound. */
  public Json.Obj given() {
    Json.Obj all = given.json();
    for (String name : unsound) {
      all = all.without(name);
    }
    return all;
  }

  /** Everything that is given and offered, with what holds otherwise. */
  public Json.Obj complete() {
    return table.complete(given.json());
  }
}
