/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.yaml;

import dev.sinter.json.Json;
import dev.sinter.problem.Place;
import dev.sinter.problem.Problems;
import dev.sinter.yaml.YamlNode.Mapping;
import dev.sinter.yaml.YamlNode.Member;
import dev.sinter.yaml.YamlNode.Scalar;
import dev.sinter.yaml.YamlNode.Sequence;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
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
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Reads a text into nodes. No tags but one, few aliases, bounded size and depth: the text may be a
 * stranger's.
 */
public final class YamlReader {
  private static final int MAX_CODE_POINTS = 1 << 20;
  private static final int MAX_DEPTH = 50;

  /** Aliases make much of little: what a text may come to, spelled out. */
  private static final int MAX_NODES = 100_000;

  private static final Tag VALUE = new Tag(Tag.PREFIX + "value");

  /** What llm-compressor writes for the pairs of a mapping, and cannot read again. */
  private static final Tag TUPLE = new Tag(Tag.PREFIX + "python/tuple");

  /** What is taken as text: also numbers in notations that JSON lacks, and YAML's "<<" and "=". */
  private static final Set<Tag> TEXTS = Set.of(Tag.STR, Tag.INT, Tag.MERGE, VALUE);

  /** The breaks of YAML 1.1, so that lines are counted as the parser does. */
  private static final Pattern LINE_BREAK =
      Pattern.compile("\\r\\n|[\\n\\r\\x{85}\\x{2028}\\x{2029}]");

  private final String file;
  private final List<String> lines;
  private final Problems problems;
  private final Consumer<String> notes;
  private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private int nodes;
  private boolean readable = true;

  private YamlReader(String file, String text, Problems problems, Consumer<String> notes) {
    this.file = file;
    this.lines = List.of(LINE_BREAK.split(text, -1));
    this.problems = problems;
    this.notes = notes;
  }

  /**
   * The documents of a text; none when it is not YAML, or too much, which is a problem. Where
   * single values are problems, the rest is read.
   *
   * @param notes told of what is read although one would not expect it
   */
  public static List<YamlNode> read(
      String file, String text, Problems problems, Consumer<String> notes) {
    return new YamlReader(file, text, problems, notes).documents(text);
  }

  private List<YamlNode> documents(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    // What they come to is counted here.
    options.setMaxAliasesForCollections(Integer.MAX_VALUE);
    options.setNestingDepthLimit(MAX_DEPTH);
    options.setCodePointLimit(MAX_CODE_POINTS);
    // Nothing is constructed here: a tag that passes is only looked at.
    options.setTagInspector(TUPLE::equals);
    DumperOptions dumper = new DumperOptions();
    Yaml yaml =
        new Yaml(
            new SafeConstructor(options), new Representer(dumper), dumper, options, new Resolver());
    List<YamlNode> documents = new ArrayList<>();
    try {
      for (Node node : yaml.composeAll(new StringReader(text))) {
        documents.add(node(node));
      }
      return readable ? documents : List.of();
    } catch (MarkedYAMLException e) {
      YamlProblems.Fault fault = YamlProblems.of(e, this::rest);
      problems.add(place(fault.mark()), fault.text());
    } catch (ReaderException e) {
      problems.add(
          place(text, e.getPosition()),
          String.format(
              Locale.ROOT,
              "the character U+%04X may not stand in YAML; delete it",
              e.getCodePoint()));
    } catch (YAMLException e) {
      problems.add(Place.of(file), YamlProblems.message(e));
    }
    return List.of();
  }

  private YamlNode node(Node node) {
    if (++nodes > MAX_NODES) {
      return refused(
          node, "from here on, with its aliases spelled out, the text has more than 100000 values");
    }
    if (node instanceof ScalarNode scalar) {
      return scalar(scalar);
    }
    if (open.contains(node)) {
      return refused(node, "an alias inside refers to the whole, without end; write it out");
    }
    if (open.size() >= MAX_DEPTH) {
      return refused(node, "with its aliases spelled out, this is nested more than 50 deep");
    }
    open.add(node);
    try {
      return node instanceof SequenceNode list ? sequence(list) : mapping((MappingNode) node);
    } finally {
      open.remove(node);
    }
  }

  /** The first of such faults tells of all. */
  private Scalar refused(Node node, String why) {
    if (readable) {
      problems.add(place(node), why);
    }
    readable = false;
    return new Scalar(place(node), new Json.Null(), "");
  }

  private Sequence sequence(SequenceNode node) {
    if (node.getTag().equals(TUPLE)) {
      notes.accept(
          place(node).at() + ": !!python/tuple is read as a list; a plain list says the same");
    } else {
      requireTag(node, Tag.SEQ);
    }
    return new Sequence(place(node), node.getValue().stream().map(this::node).toList());
  }

  private Mapping mapping(MappingNode node) {
    requireTag(node, Tag.MAP);
    List<Member> members = new ArrayList<>();
    List<Member> merged = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (NodeTuple tuple : node.getValue()) {
      Node key = tuple.getKeyNode();
      if (!(key instanceof ScalarNode name)) {
        problems.add(place(key), "a key must be plain text, not a list or a map");
      } else if (name.getTag().equals(Tag.MERGE)) {
        merged.addAll(merged(tuple.getValueNode()));
      } else if (!names.add(name.getValue())) {
        problems.add(place(key), "\"" + name.getValue() + "\" stands twice; keep one");
      } else {
        members.add(new Member(name.getValue(), place(key), node(tuple.getValueNode())));
      }
    }
    // What stands in the map itself wins, and of several maps the first.
    merged.stream().filter(member -> names.add(member.name())).forEach(members::add);
    return new Mapping(place(node), members);
  }

  /** What {@code <<} brings in: the members of a map, or of several. */
  private List<Member> merged(Node value) {
    YamlNode brought = node(value);
    List<YamlNode> maps = brought instanceof Sequence list ? list.items() : List.of(brought);
    List<Member> members = new ArrayList<>();
    for (YamlNode map : maps) {
      if (map instanceof Mapping mapping) {
        members.addAll(mapping.members());
      } else {
        problems.add(map.place(), "<< brings in a map, or several, not " + map.kind());
      }
    }
    return members;
  }

  private void requireTag(Node node, Tag plain) {
    if (!node.getTag().equals(plain)) {
      problems.add(
          place(node),
          "the tag "
              + node.getTag().getValue().replace(Tag.PREFIX, "!!")
              + " is not read here; write plain data");
    }
  }

  private Scalar scalar(ScalarNode scalar) {
    return new Scalar(place(scalar), value(scalar), scalar.getValue());
  }

  private Json value(ScalarNode scalar) {
    String text = scalar.getValue();
    Tag tag = scalar.getTag();
    if (tag.equals(Tag.NULL)) {
      return new Json.Null();
    }
    if (tag.equals(Tag.BOOL)) {
      return new Json.Bool(Set.of("true", "yes", "on").contains(text.toLowerCase(Locale.ROOT)));
    }
    if (tag.equals(Tag.INT) && text.matches("[-+]?(0|[1-9][0-9]*)")) {
      return new Json.Num(text.startsWith("+") ? text.substring(1) : text);
    }
    if (tag.equals(Tag.FLOAT) || (scalar.isPlain() && isFloatWithoutPoint(text))) {
      return number(scalar);
    }
    if (tag.equals(Tag.TIMESTAMP)) {
      problems.add(place(scalar), text + " is a date in YAML; put it in quotes");
      problems.settle(place(scalar));
    } else if (!TEXTS.contains(tag)) {
      requireTag(scalar, Tag.STR);
    }
    return new Json.Str(text);
  }

  /** 1e-3 is text in YAML 1.1, for want of a point; nobody means it as text. */
  static boolean isFloatWithoutPoint(String text) {
    return text.matches("[-+]?[0-9]+(\\.[0-9]*)?[eE][-+]?[0-9]+");
  }

  private Json number(ScalarNode scalar) {
    try {
      return Json.of(Double.parseDouble(scalar.getValue().replace("_", "")));
    } catch (IllegalArgumentException e) {
      problems.add(place(scalar), scalar.getValue() + " is not a finite number");
      problems.settle(place(scalar));
      return new Json.Str(scalar.getValue());
    }
  }

  private Place place(Node node) {
    return place(node.getStartMark());
  }

  /** Where the text ends is behind its last line, not in the emptiness that follows. */
  private Place place(Mark mark) {
    if (mark == null) {
      return Place.of(file);
    }
    int line = Math.min(mark.getLine(), lines.size() - 1);
    int last = line;
    while (last > 0 && lines.get(last).isBlank()) {
      last--;
    }
    boolean end = lines.subList(last + 1, lines.size()).stream().allMatch(String::isBlank);
    if (last < line && end) {
      String text = lines.get(last).stripTrailing();
      return Place.in(file, last + 1, text.codePointCount(0, text.length()) + 1, text);
    }
    return Place.in(file, line + 1, mark.getColumn() + 1, lines.get(line));
  }

  /** The place of the character at a position, counted in code points. */
  private Place place(String text, int position) {
    int at = 0;
    for (int line = 0; line < lines.size(); line++) {
      String shown = lines.get(line);
      int length = shown.codePointCount(0, shown.length());
      if (position <= at + length) {
        return Place.in(file, line + 1, position - at + 1, shown);
      }
      int end = text.offsetByCodePoints(0, at + length);
      at += length + (text.startsWith("\r\n", end) ? 2 : 1);
    }
    return Place.of(file);
  }

  /** What the line holds from there on. */
  private String rest(Mark mark) {
    String line = mark.getLine() < lines.size() ? lines.get(mark.getLine()) : "";
    int start = Math.min(mark.getColumn(), line.codePointCount(0, line.length()));
    return line.substring(line.offsetByCodePoints(0, start));
  }
}
