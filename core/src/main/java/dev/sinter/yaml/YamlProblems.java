/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.yaml;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** What is wrong with a text that is no YAML, and what to write instead. */
final class YamlProblems {
  /** By words of the parser's message. */
  private static final Map<String, String> KNOWN = known();

  private static final Pattern ESCAPE = Pattern.compile("unknown escape character (\\S+?)\\(");
  private static final Pattern TAG = Pattern.compile("tag:yaml\\.org,2002:(\\S+)");

  private YamlProblems() {}

  /** What to say, and where. */
  record Fault(Mark mark, String text) {}

  private static Map<String, String> known() {
    Map<String, String> known = new LinkedHashMap<>();
    known.put("found character '\\t", "a tab stands where YAML takes none; indent with spaces");
    known.put(
        "mapping values are not allowed here",
        "this colon makes a key where none may be. Put a text that holds \": \" in quotes, indent the"
            + " line as its neighbours are, or put a space behind the colon of the line before");
    known.put(
        "but found '<scalar>'",
        "this text goes on behind a bracket or a quote that is closed; put all of it in quotes");
    known.put(
        "expected <block end>",
        "this line does not fit those above: entries of one map or list begin in one column");
    known.put("found character '@'", "a text that begins with @ needs quotes");
    known.put("found character '`'", "a text that begins with ` needs quotes");
    known.put("found character '%'", "a text that begins with % needs quotes");
    return known;
  }

  /**
   * The fault in our words, if it is a usual one.
   *
   * @param rest what the line holds from the column on where the parser stopped, or began
   */
  static Fault of(MarkedYAMLException e, Function<Mark, String> rest) {
    String context = Objects.requireNonNullElse(e.getContext(), "");
    String problem = Objects.requireNonNullElse(e.getProblem(), "");
    Mark at = e.getProblemMark();
    Mark start = e.getContextMark() == null ? at : e.getContextMark();
    Matcher escape = ESCAPE.matcher(problem);
    if (escape.find()) {
      return new Fault(
          at,
          notYaml(
              "in double quotes a backslash begins an escape, and \\"
                  + escape.group(1)
                  + " is none. Put the text in single quotes, as in 're:model\\.layers\\..*', or write"
                  + " two backslashes"));
    }
    if (context.contains("quoted scalar") && problem.contains("unexpected")) {
      return new Fault(start, notYaml("the quote that opens here is not closed"));
    }
    if (context.startsWith("while parsing a flow")) {
      return bracket(context.contains("sequence") ? "[" : "{", problem, start, at);
    }
    if (context.contains("scanning an alias") || problem.contains("undefined alias")) {
      Mark star = context.isEmpty() ? at : start;
      String word = rest.apply(star).split("[\\s,\\]}]|:(?=\\s|$)", 2)[0];
      String without =
          context.isEmpty()
              ? ". Without, it refers to &" + word.substring(1) + ", which does not stand before it"
              : "";
      return new Fault(
          star, notYaml("a text that begins with * needs quotes: '" + word + "'" + without));
    }
    if (problem.contains("could not find expected ':'")) {
      return new Fault(
          start, notYaml("a key needs a colon and a space behind it, as in scheme: W4A16"));
    }
    Matcher tag = TAG.matcher(problem);
    if (problem.contains("Global tag is not allowed") && tag.find()) {
      return new Fault(
          at,
          "the tag !!"
              + tag.group(1)
              + " makes an object of data, which no recipe needs; leave the tag out");
    }
    return KNOWN.entrySet().stream()
        .filter(entry -> problem.contains(entry.getKey()))
        .map(entry -> new Fault(at, notYaml(entry.getValue())))
        .findFirst()
        .orElseGet(
            () -> new Fault(at, notYaml((context.isEmpty() ? "" : context + ": ") + problem)));
  }

  private static Fault bracket(String open, String problem, Mark start, Mark at) {
    if (problem.contains("<stream end>") || problem.contains("<document")) {
      return new Fault(start, notYaml("the " + open + " that opens here is not closed"));
    }
    return new Fault(
        at,
        notYaml(
            "a comma or "
                + (open.equals("[") ? "]" : "}")
                + " is missing before this: the "
                + open
                + " of line "
                + (start.getLine() + 1)
                + ", column "
                + (start.getColumn() + 1)
                + " is still open"));
  }

  static String message(YAMLException e) {
    String said = Objects.requireNonNullElse(e.getMessage(), "");
    if (said.startsWith("Nesting Depth")) {
      return "lists and maps are nested more than 50 deep, which no recipe needs";
    }
    if (said.contains("exceeds the limit")) {
      return "the text has more than a million characters, which no recipe needs";
    }
    return notYaml(said.lines().findFirst().orElse("").strip());
  }

  private static String notYaml(String text) {
    return "not YAML: " + text;
  }
}
