/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import dev.sinter.problem.Problems;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * YAML 1.1, as the peers read it, into nodes that know their place. Only plain data: no tags of our
 * own or a stranger's, few aliases, bounded size and depth.
 */
final class YamlReader {
  private static final int MAX_CODE_POINTS = 1 << 20;
  private static final int MAX_ALIASES = 50;
  private static final int MAX_DEPTH = 50;

  private static final Tag VALUE = new Tag(Tag.PREFIX + "value");

  /** Aliases make much of little: what a recipe's settings may come to, spelled out. */
  private static final int MAX_NODES = 100_000;

  /** What is taken as text: also numbers in notations that JSON lacks, and YAML's "<<" and "=". */
  private static final Set<Tag> TEXTS = Set.of(Tag.STR, Tag.INT, Tag.MERGE, VALUE);

  private final String file;
  private final Problems problems;
  private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private int nodes;

  YamlReader(String file, Problems problems) {
    this.file = file;
    this.problems = problems;
  }

  /** A mapping's member: where its key stands, and its value. */
  record Member(String name, Node key, Node value) {}

  /** The one document's root, if the text is YAML. */
  java.util.Optional<Node> compose(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(MAX_ALIASES);
    options.setNestingDepthLimit(MAX_DEPTH);
    options.setCodePointLimit(MAX_CODE_POINTS);
    DumperOptions dumper = new DumperOptions();
    Yaml yaml =
        new Yaml(
            new SafeConstructor(options), new Representer(dumper), dumper, options, new Resolver());
    try {
      Node root = yaml.compose(new StringReader(text));
      if (root == null) {
        problems.add(file + ": the recipe is empty; " + RecipeParser.EXAMPLE);
      }
      return java.util.Optional.ofNullable(root);
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark();
      String snippet = mark == null ? "" : "\n" + mark.get_snippet();
      String context = e.getContext() == null ? "" : e.getContext() + ": ";
      problems.add(place(mark) + ": not YAML: " + context + e.getProblem() + snippet);
    } catch (YAMLException e) {
      problems.add(file + ": not YAML: " + e.getMessage());
    }
    return java.util.Optional.empty();
  }

  /** The members of a mapping, in order; a problem if it is none. */
  List<Member> members(Node node, String what, String content) {
    if (!(node instanceof MappingNode mapping)) {
      problems.add(place(node) + ": " + what + " must be a map " + content + ", not " + kind(node));
      return List.of();
    }
    requireTag(node, Tag.MAP);
    List<Member> members = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        problems.add(place(tuple.getKeyNode()) + ": a key must be plain text");
        continue;
      }
      if (!names.add(key.getValue())) {
        problems.add(place(key) + ": \"" + key.getValue() + "\" stands twice; keep one");
        continue;
      }
      members.add(new Member(key.getValue(), key, tuple.getValueNode()));
    }
    return members;
  }

  /** A node's data; what cannot be read is a problem, and null in its place. */
  Json data(Node node) {
    if (++nodes > MAX_NODES) {
      if (nodes == MAX_NODES + 1) {
        problems.add(
            place(node) + ": with its aliases spelled out, the recipe has more than 100000 values");
      }
      return new Json.Null();
    }
    if (node instanceof ScalarNode scalar) {
      return scalar(scalar);
    }
    if (!open.add(node)) {
      problems.add(place(node) + ": an alias inside refers to the whole, without end");
      return new Json.Null();
    }
    try {
      return collection(node);
    } finally {
      open.remove(node);
    }
  }

  private Json collection(Node node) {
    if (node instanceof SequenceNode sequence) {
      requireTag(node, Tag.SEQ);
      List<Json> items = new ArrayList<>();
      sequence.getValue().forEach(item -> items.add(data(item)));
      return new Json.Arr(items);
    }
    Map<String, Json> members = new LinkedHashMap<>();
    members(node, "this", "of data")
        .forEach(member -> members.put(member.name(), data(member.value())));
    return new Json.Obj(members);
  }

  private void requireTag(Node node, Tag plain) {
    if (!node.getTag().equals(plain)) {
      problems.add(
          place(node)
              + ": the tag "
              + node.getTag().getValue()
              + " is not read in recipes; write plain data");
    }
  }

  private Json scalar(ScalarNode scalar) {
    String text = scalar.getValue();
    Tag tag = scalar.getTag();
    if (tag.equals(Tag.NULL)) {
      return new Json.Null();
    }
    if (tag.equals(Tag.BOOL)) {
      return new Json.Bool(
          Set.of("true", "yes", "on").contains(text.toLowerCase(java.util.Locale.ROOT)));
    }
    if (tag.equals(Tag.INT) && text.matches("[-+]?(0|[1-9][0-9]*)")) {
      return new Json.Num(text.startsWith("+") ? text.substring(1) : text);
    }
    if (tag.equals(Tag.FLOAT) || looksLikeFloat(scalar)) {
      return number(scalar);
    }
    if (tag.equals(Tag.TIMESTAMP)) {
      problems.add(place(scalar) + ": " + text + " is a date in YAML; put it in quotes");
    } else if (!TEXTS.contains(tag)) {
      requireTag(scalar, Tag.STR);
    }
    return new Json.Str(text);
  }

  /** 1e-3 is text in YAML 1.1, for want of a point; nobody means it as text. */
  private static boolean looksLikeFloat(ScalarNode scalar) {
    return scalar.isPlain() && scalar.getValue().matches("[-+]?[0-9]+(\\.[0-9]*)?[eE][-+]?[0-9]+");
  }

  private Json number(ScalarNode scalar) {
    try {
      return Json.of(Double.parseDouble(scalar.getValue().replace("_", "")));
    } catch (IllegalArgumentException e) {
      problems.add(place(scalar) + ": " + scalar.getValue() + " is not a finite number");
      return new Json.Null();
    }
  }

  /** "file:line:column" of a node. */
  String place(Node node) {
    return place(node.getStartMark());
  }

  private String place(Mark mark) {
    return mark == null ? file : file + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1);
  }

  /** The line of a node with a caret under it, to end a message with. */
  static String snippet(Node node) {
    return "\n" + node.getStartMark().get_snippet();
  }

  static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  static String kind(Node node) {
    if (node instanceof ScalarNode scalar) {
      return isNull(scalar) ? "nothing" : "\"" + scalar.getValue() + "\"";
    }
    return node instanceof SequenceNode ? "a list" : "a map";
  }
}
