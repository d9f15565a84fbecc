/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.yaml;

import dev.sinter.json.Json;
import dev.sinter.problem.Place;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A value with its place. */
public sealed interface YamlNode {
  Place place();

  /** The value alone. */
  Json json();

  /** What it is, for messages: nothing, the text in quotes, a list or a map. */
  String kind();

  /** The same value in places that are told of each place that there is. */
  YamlNode moved(UnaryOperator<Place> move);

  default boolean isNull() {
    return json() instanceof Json.Null;
  }

  /** A map's entry, with the place of its name. */
  record Member(String name, Place place, YamlNode value) {}

  /** A map; names stand once. */
  record Mapping(Place place, List<Member> members) implements YamlNode {
    public Mapping {
      members = List.copyOf(members);
    }

    public Optional<Member> member(String name) {
      return members.stream().filter(member -> member.name().equals(name)).findFirst();
    }

    /** The value of that name; nothing if it is null. */
    public Optional<YamlNode> value(String name) {
      return member(name).map(Member::value).filter(value -> !value.isNull());
    }

    /** The same map with one member more, or another in its place. */
    public Mapping with(Member added) {
      List<Member> changed = new ArrayList<>(members);
      changed.replaceAll(member -> member.name().equals(added.name()) ? added : member);
      if (member(added.name()).isEmpty()) {
        changed.add(added);
      }
      return new Mapping(place, changed);
    }

    /** The same map without that member. */
    public Mapping without(String name) {
      return new Mapping(
          place, members.stream().filter(member -> !member.name().equals(name)).toList());
    }

    /** The place of a name, or that of the map if there is no such name. */
    public Place place(String name) {
      return member(name).map(Member::place).orElse(place);
    }

    @Override
    public Json.Obj json() {
      Map<String, Json> values = new LinkedHashMap<>();
      members.forEach(member -> values.put(member.name(), member.value().json()));
      return new Json.Obj(values);
    }

    @Override
    public String kind() {
      return "a map";
    }

    @Override
    public Mapping moved(UnaryOperator<Place> move) {
      return new Mapping(
          move.apply(place),
          members.stream()
              .map(m -> new Member(m.name(), move.apply(m.place()), m.value().moved(move)))
              .toList());
    }
  }

  /** A list. */
  record Sequence(Place place, List<YamlNode> items) implements YamlNode {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public Json json() {
      return new Json.Arr(items.stream().map(YamlNode::json).toList());
    }

    @Override
    public String kind() {
      return "a list";
    }

    @Override
    public YamlNode moved(UnaryOperator<Place> move) {
      return new Sequence(move.apply(place), items.stream().map(item -> item.moved(move)).toList());
    }
  }

  /** Text, a number, true, false, or nothing. */
  record Scalar(Place place, Json json, String text) implements YamlNode {
    private static final int SHOWN = 60;

    @Override
    public String kind() {
      return isNull() ? "nothing" : json instanceof Json.Str ? "\"" + shown() + "\"" : text;
    }

    /** A message is a line: of a long text the beginning is shown. */
    private String shown() {
      String line = text.lines().findFirst().orElse("");
      boolean whole = line.length() == text.length() && line.length() <= SHOWN;
      return whole ? text : line.substring(0, Math.min(line.length(), SHOWN)) + "...";
    }

    @Override
    public YamlNode moved(UnaryOperator<Place> move) {
      return new Scalar(move.apply(place), json, text);
    }
  }

  /** A value that stands in no file: its places are its name and what leads to it. */
  static YamlNode of(String name, Json value) {
    Place place = Place.of(name);
    if (value instanceof Json.Obj object) {
      List<Member> members = new ArrayList<>();
      object
          .members()
          .forEach(
              (key, member) -> {
                String path = name + "." + key;
                members.add(new Member(key, Place.of(path), of(path, member)));
              });
      return new Mapping(place, members);
    }
    if (value instanceof Json.Arr array) {
      List<YamlNode> items = new ArrayList<>();
      array.items().forEach(item -> items.add(of(name + "[" + items.size() + "]", item)));
      return new Sequence(place, items);
    }
    return new Scalar(place, value, text(value));
  }

  private static String text(Json value) {
    if (value instanceof Json.Str text) {
      return text.value();
    }
    if (value instanceof Json.Num number) {
      return number.text();
    }
    return value instanceof Json.Bool bool ? String.valueOf(bool.value()) : "";
  }
}
