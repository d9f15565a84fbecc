/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.yaml;

import dev.sinter.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

/** Writes data as YAML 1.1 that reads back to the same: maps by lines, what is flat in one line. */
public final class YamlWriter {
  private static final int WIDTH = 100;

  private YamlWriter() {}

  public static String write(Json value) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(FlowStyle.AUTO);
    options.setWidth(WIDTH);
    options.setSplitLines(false);
    // Characters that look like others, or like none, are spelled out.
    options.setAllowUnicode(false);
    return new Yaml(new Texts(options), options).dump(plain(value));
  }

  /** Quotes what YAML 1.1 takes for text and our reader for a number. */
  private static final class Texts extends Representer {
    Texts(DumperOptions options) {
      super(options);
      representers.put(String.class, value -> text((String) value));
    }

    private Node text(String value) {
      ScalarStyle style =
          YamlReader.isFloatWithoutPoint(value) ? ScalarStyle.DOUBLE_QUOTED : ScalarStyle.PLAIN;
      return representScalar(Tag.STR, value, style);
    }
  }

  private static Object plain(Json value) {
    if (value instanceof Json.Obj object) {
      Map<Object, Object> members = new LinkedHashMap<>();
      object.members().forEach((name, member) -> members.put(key(name), plain(member)));
      return members;
    }
    if (value instanceof Json.Arr array) {
      List<Object> items = new ArrayList<>();
      array.items().forEach(item -> items.add(plain(item)));
      return items;
    }
    if (value instanceof Json.Num number) {
      boolean isLong = number.isInteger() && number.text().length() <= 18;
      return isLong ? (Object) number.asLong() : (Object) number.asDouble();
    }
    if (value instanceof Json.Bool bool) {
      return bool.value();
    }
    return value instanceof Json.Str text ? text.value() : null;
  }

  /** Axes are numbers to ModelOpt, which takes no text for them. */
  private static Object key(String name) {
    return name.matches("0|-?[1-9][0-9]{0,8}") ? (Object) Integer.valueOf(name) : name;
  }
}
