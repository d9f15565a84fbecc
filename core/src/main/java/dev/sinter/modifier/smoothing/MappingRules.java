/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.smoothing;

import dev.sinter.modifier.quantization.Patterns;
import dev.sinter.setting.Form;
import dev.sinter.setting.Setting;
import dev.sinter.setting.SettingTable;
import dev.sinter.setting.Settings;
import dev.sinter.yaml.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The setting {@code mappings}, in the forms of the peers: maps, a list for the linear modules
 * beside the text for what they read, or one list of texts that begins with the latter.
 */
public final class MappingRules {
  static final String NAME = "mappings";
  private static final String SMOOTHED = "smooth_layer";
  private static final String BALANCED = "balance_layers";
  private static final String HOOK = "activation_hook_target";

  private static final SettingTable TABLE =
      new SettingTable(
          "a mapping",
          Setting.of(SMOOTHED, new Form.Text(), "What puts out what the others read").required(),
          Setting.of(BALANCED, Form.texts(), "The linear modules that read it").required(),
          Setting.of(HOOK, new Form.Text(), "Where a peer is to look at activations"));

  private final Settings settings;
  private final String example;

  private MappingRules(Settings settings, String example) {
    this.settings = settings;
    this.example = example;
  }

  /** What a mapping looks like. */
  public enum Shape {
    /** The linear modules first, as SmoothQuant has it. */
    BALANCED_FIRST("[[re:.*q_proj, re:.*k_proj, re:.*v_proj], re:.*input_layernorm]"),
    /** A map, as AWQ has it; or a list that begins with what is smoothed. */
    NAMED("{smooth_layer: re:.*input_layernorm, balance_layers: [re:.*q_proj, re:.*k_proj]}");

    private final String example;

    Shape(String example) {
      this.example = example;
    }
  }

  public static Setting setting(Shape shape) {
    Form item =
        Form.either(new Form.Table(TABLE), new Form.Other("a mapping such as " + shape.example));
    return Setting.of(
        NAME,
        new Form.ListOf(item),
        "Which norm or linear feeds which linears, if not as the model says itself: ["
            + shape.example
            + "]");
  }

  /** What is given; empty if nothing is. Problems are told at their places. */
  public static Optional<List<MappingRule>> read(Settings settings, Shape shape) {
    Optional<YamlNode> given = settings.node(NAME);
    if (given.isEmpty()) {
      return Optional.empty();
    }
    MappingRules reader = new MappingRules(settings, shape.example);
    List<MappingRule> rules = new ArrayList<>();
    for (YamlNode item : ((YamlNode.Sequence) given.get()).items()) {
      reader.item(item, shape).ifPresent(rules::add);
    }
    if (rules.isEmpty() && settings.isSound()) {
      settings.problem(
          NAME,
          "there is no mapping in the list; leave it out, and the model says which there are");
    }
    return Optional.of(rules);
  }

  private Optional<MappingRule> item(YamlNode item, Shape shape) {
    if (item instanceof YamlNode.Mapping map) {
      return rule(
          item,
          map.value(SMOOTHED),
          map.value(BALANCED).stream().toList(),
          map.value(HOOK).flatMap(MappingRules::text));
    }
    List<YamlNode> items = item instanceof YamlNode.Sequence list ? list.items() : List.of();
    Optional<YamlNode> inner =
        items.stream().filter(part -> part instanceof YamlNode.Sequence).findFirst();
    if (inner.isPresent() && items.size() == 2) {
      Optional<YamlNode> other = items.stream().filter(part -> part != inner.get()).findFirst();
      return rule(item, other, List.of(inner.get()), Optional.empty());
    }
    if (shape == Shape.NAMED && inner.isEmpty() && items.size() >= 2) {
      return rule(
          item, Optional.of(items.get(0)), items.subList(1, items.size()), Optional.empty());
    }
    return refuse(item);
  }

  private Optional<MappingRule> rule(
      YamlNode item, Optional<YamlNode> smoothed, List<YamlNode> balanced, Optional<String> hook) {
    List<String> names = balanced.stream().flatMap(n -> Settings.texts(n.json()).stream()).toList();
    Optional<String> name = smoothed.flatMap(MappingRules::text);
    boolean allTexts = balanced.stream().noneMatch(n -> Settings.texts(n.json()).isEmpty());
    if (name.isEmpty() || names.isEmpty() || !allTexts) {
      return refuse(item);
    }
    smoothed.ifPresent(node -> Patterns.check(settings, node));
    balanced.forEach(node -> Patterns.check(settings, node));
    return Optional.of(new MappingRule(name.get(), names, hook));
  }

  private Optional<MappingRule> refuse(YamlNode item) {
    settings.problem(item.place(), "a mapping must be such as " + example + ", not " + item.kind());
    return Optional.empty();
  }

  private static Optional<String> text(YamlNode node) {
    return node instanceof YamlNode.Sequence
        ? Optional.empty()
        : Settings.texts(node.json()).stream().findFirst();
  }
}
