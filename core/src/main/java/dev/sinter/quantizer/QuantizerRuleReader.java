/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.json.Json;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.Place;
import dev.sinter.problem.Problems;
import dev.sinter.setting.Form;
import dev.sinter.setting.Setting;
import dev.sinter.setting.SettingTable;
import dev.sinter.setting.Settings;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlNode.Mapping;
import dev.sinter.yaml.YamlNode.Member;
import dev.sinter.yaml.YamlNode.Scalar;
import dev.sinter.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Reads the entries of quant_cfg, and the maps that older documents have in their place. */
final class QuantizerRuleReader {
  private static final String NAME = "quantizer_name";
  private static final String PARENT = "parent_class";
  private static final String CFG = "cfg";
  private static final String ENABLE = "enable";

  /** What names of classes begin with. */
  private static final String CLASS = "nn.";

  /** What older maps call the rule for everything. */
  private static final String DEFAULT = "default";

  static final SettingTable TABLE =
      new SettingTable(
              "a rule of quant_cfg",
              Setting.of(
                      NAME,
                      new Form.Text(),
                      "Which quantizers are meant, such as '*weight_quantizer'")
                  .required(),
              Setting.of(PARENT, new Form.Text(), "The class of their module, such as nn.Linear"),
              Setting.of(CFG, new Form.Other("attributes, or a list of them"), "{num_bits: e4m3}"),
              Setting.of(ENABLE, new Form.Flag(), "Whether they do anything"))
          .explaining("name", "Write quantizer_name")
          .explaining("pattern", "Write quantizer_name")
          .explaining("enabled", "Did you mean enable?")
          .explaining("num_bits", "Put it into cfg: {num_bits: ...}")
          .explaining("axis", "Put it into cfg: {axis: ...}")
          .explaining("block_sizes", "Put it into cfg: {block_sizes: ...}");

  /** Classes of PyTorch that ModelOpt puts quantizers into. */
  private static final Set<String> CLASSES =
      Set.of(
          "nn.Linear",
          "nn.Embedding",
          "nn.Conv1d",
          "nn.Conv2d",
          "nn.Conv3d",
          "nn.ConvTranspose1d",
          "nn.ConvTranspose2d",
          "nn.ConvTranspose3d",
          "nn.BatchNorm1d",
          "nn.BatchNorm2d",
          "nn.BatchNorm3d",
          "nn.InstanceNorm1d",
          "nn.InstanceNorm2d",
          "nn.InstanceNorm3d",
          "nn.LayerNorm",
          "nn.LeakyReLU",
          "nn.MaxPool1d",
          "nn.MaxPool2d",
          "nn.MaxPool3d",
          "nn.AvgPool1d",
          "nn.AvgPool2d",
          "nn.AvgPool3d",
          "nn.LSTM",
          "nn.Softmax");

  /** Far more than a model has kinds of modules: each is held against every quantizer. */
  private static final int MOST_RULES = 1000;

  private final Problems problems;
  private final Consumer<String> notes;
  private final List<QuantizerRule> rules = new ArrayList<>();

  QuantizerRuleReader(Problems problems, Consumer<String> notes) {
    this.problems = problems;
    this.notes = notes;
  }

  List<QuantizerRule> read(YamlNode node) {
    if (node instanceof Sequence list) {
      if (list.items().size() > MOST_RULES) {
        problems.add(
            list.place(),
            "quant_cfg has "
                + list.items().size()
                + " rules, and at most "
                + MOST_RULES
                + " are read");
        return rules;
      }
      list.items().forEach(this::entry);
    } else if (node instanceof Mapping older) {
      notes.accept(
          node.place().at()
              + ": quant_cfg as a map is the older form; its entries are taken as rules in their"
              + " order");
      // What nothing else means is as the default says, wherever it stands.
      older.members().stream().filter(QuantizerRuleReader::isDefault).forEach(this::older);
      older.members().stream().filter(m -> !isDefault(m)).forEach(this::older);
    } else {
      problems.add(
          node.place(),
          "quant_cfg must be a list of rules, such as - {quantizer_name: '*weight_quantizer', cfg:"
              + " {num_bits: e4m3}}, not "
              + node.kind());
    }
    return rules;
  }

  private void entry(YamlNode node) {
    if (!(node instanceof Mapping entry)) {
      problems.add(
          node.place(),
          "a rule must be a map, such as {quantizer_name: '*', enable: false}, not " + node.kind());
      return;
    }
    if (isOlder(entry)) {
      entry.members().forEach(this::older);
      return;
    }
    Settings settings = new Settings(TABLE, entry, entry.place(), problems);
    Optional<String> name = settings.text(NAME);
    Optional<String> parent = settings.text(PARENT);
    parent.ifPresent(type -> checkClass(settings.place(PARENT), type));
    Optional<YamlNode> cfg = settings.node(CFG);
    boolean known =
        entry.members().stream().allMatch(member -> TABLE.setting(member.name()).isPresent());
    if (entry.value(CFG).isEmpty() && entry.value(ENABLE).isEmpty() && known) {
      settings.problem(
          entry.place(), "a rule must say something: give it cfg, or enable: true or false");
    }
    Optional<Boolean> enable = settings.json(ENABLE).map(value -> ((Json.Bool) value).value());
    List<QuantizerAttributes> attributes =
        cfg.map(given -> attributes(given, enable)).orElse(List.of());
    if (settings.isSound() && name.isPresent()) {
      rules.add(
          new QuantizerRule(name.get(), parent, attributes, enable.orElse(true), entry.place()));
    }
  }

  /** Whether an entry maps patterns to attributes, as those of older lists do. */
  private static boolean isOlder(Mapping entry) {
    boolean classes = entry.members().stream().anyMatch(m -> m.name().startsWith(CLASS));
    return entry.members().stream().noneMatch(m -> TABLE.setting(m.name()).isPresent())
        && (classes
            || (entry.members().size() == 1
                && !(entry.members().get(0).value() instanceof Scalar)));
  }

  private static boolean isDefault(Member member) {
    return member.name().equals(DEFAULT);
  }

  private void checkClass(Place place, String type) {
    if (!CLASSES.contains(type) && !type.startsWith("hf.")) {
      String torch = "nn." + type.substring(type.lastIndexOf('.') + 1);
      problems.add(
          place,
          "there is no class \""
              + type
              + "\"."
              + (CLASSES.contains(torch)
                  ? " Did you mean " + torch + "?"
                  : Nearest.hint(type, CLASSES))
              + " Write for example nn.Linear or nn.Embedding, or hf.NAME for a class of"
              + " transformers");
    }
  }

  /** An entry of older documents: a pattern to attributes, or a class to such entries. */
  private void older(Member member) {
    if (member.name().startsWith(CLASS) && member.value() instanceof Mapping scoped) {
      checkClass(member.place(), member.name());
      scoped.members().forEach(inner -> older(inner, Optional.of(member.name())));
    } else {
      older(member, Optional.empty());
    }
  }

  private void older(Member member, Optional<String> parent) {
    String name = isDefault(member) ? "*" : member.name();
    YamlNode value = member.value();
    if (value instanceof Scalar) {
      problems.add(
          value.place(),
          member.name() + " must be attributes, such as {enable: false}, not " + value.kind());
      return;
    }
    Optional<Boolean> enable = Optional.empty();
    if (value instanceof Mapping given && given.value(ENABLE).isPresent()) {
      YamlNode flag = given.value(ENABLE).get();
      new Form.Flag().check(ENABLE, flag, problems);
      enable = Optional.of(!flag.json().equals(new Json.Bool(false)));
      value = given.without(ENABLE);
    }
    boolean toggle =
        enable.isPresent() && value instanceof Mapping rest && rest.members().isEmpty();
    List<QuantizerAttributes> attributes = toggle ? List.of() : attributes(value, enable);
    rules.add(new QuantizerRule(name, parent, attributes, enable.orElse(true), member.place()));
  }

  private List<QuantizerAttributes> attributes(YamlNode cfg, Optional<Boolean> enable) {
    List<YamlNode> stages = cfg instanceof Sequence list ? list.items() : List.of(cfg);
    List<QuantizerAttributes> attributes = new ArrayList<>();
    for (YamlNode stage : stages) {
      if (!(stage instanceof Mapping given)) {
        problems.add(
            stage.place(), "cfg must be attributes, such as {num_bits: e4m3}, not " + stage.kind());
      } else if (given
          .value(ENABLE)
          .filter(on -> on.json().equals(new Json.Bool(false)))
          .isPresent()) {
        problems.add(
            given.place(ENABLE),
            "a rule's own enable decides, and turns on unless it says false: write enable: false"
                + " beside cfg");
      } else if (!given.members().isEmpty()) {
        new QuantizerAttributesReader(problems).read(given).ifPresent(attributes::add);
      }
    }
    boolean empty =
        stages.isEmpty()
            || stages.stream().allMatch(s -> s instanceof Mapping m && m.members().isEmpty());
    if (empty && enable.orElse(true)) {
      problems.add(
          cfg.place(), "this cfg is empty: give it attributes, or leave it out and write enable");
    }
    return attributes;
  }
}
