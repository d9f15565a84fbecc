/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.setting;

import dev.sinter.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The settings of something that has a name.
 *
 * @param elsewhere what to say of names that are no settings, but that people write
 */
public record SettingTable(String owner, List<Setting> settings, Map<String, String> elsewhere) {
  public SettingTable {
    settings = List.copyOf(settings);
    elsewhere = Map.copyOf(elsewhere);
  }

  public SettingTable(String owner, Setting... settings) {
    this(owner, List.of(settings), Map.of());
  }

  /** The same table with more settings, which take the place of those with their names. */
  public SettingTable and(List<Setting> more) {
    Set<String> replaced = more.stream().map(Setting::name).collect(Collectors.toSet());
    List<Setting> all = new ArrayList<>(settings);
    all.removeIf(setting -> replaced.contains(setting.name()));
    all.addAll(more);
    return new SettingTable(owner, all, elsewhere);
  }

  /** The same table, which knows what to say of a name that is no setting. */
  public SettingTable explaining(String name, String advice) {
    Map<String, String> more = new LinkedHashMap<>(elsewhere);
    more.put(name, advice);
    return new SettingTable(owner, settings, more);
  }

  public Optional<Setting> setting(String name) {
    return settings.stream().filter(setting -> setting.name().equals(name)).findFirst();
  }

  /** Whether there is a setting of that name that does something. */
  public boolean offers(String name) {
    return names().contains(name);
  }

  /** The names that messages offer. */
  public List<String> names() {
    return settings.stream().filter(Setting::isOffered).map(Setting::name).toList();
  }

  /** Settings with all that hold where they are not given, or are null; nothing is left out. */
  public Json.Obj complete(Json.Obj given) {
    Map<String, Json> all = new LinkedHashMap<>();
    for (Setting setting : settings) {
      Json value = given.member(setting.name()).orElse(setting.standard());
      if (setting.isOffered() && !(value instanceof Json.Null)) {
        all.put(setting.name(), value);
      }
    }
    return new Json.Obj(all);
  }

  /** The table as JSON Schema. */
  public Json.Obj schema() {
    Map<String, Json> properties = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    for (Setting setting : settings) {
      properties.put(setting.name(), schema(setting));
      if (setting.standing() == Setting.Standing.REQUIRED) {
        required.add(setting.name());
      }
    }
    Json.Obj schema =
        Json.object("type", "object", "properties", properties, "additionalProperties", false);
    return required.isEmpty() ? schema : schema.with("required", Json.of(required));
  }

  private static Json schema(Setting setting) {
    Json.Obj form = setting.form().schema();
    // Nothing is what an unset setting is, for all of them.
    Json.Obj schema =
        form.members().isEmpty()
            ? form
            : Json.object("anyOf", List.of(form, Json.object("type", "null")));
    Json.Obj described = schema.with("description", Json.of(setting.meaning()));
    return setting.standard() instanceof Json.Null
        ? described
        : described.with("default", setting.standard());
  }
}
