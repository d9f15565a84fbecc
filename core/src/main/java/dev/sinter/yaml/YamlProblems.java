/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.yaml;

import java.util.LinkedHashMap;
import java.util.Map;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** What the YAML parser says, and what to write instead where the usual mistake is known. */
final class YamlProblems {
  /** By words of the parser's message. */
  private static final Map<String, String> MENDS = mends();

  private YamlProblems() {}

  private static Map<String, String> mends() {
    Map<String, String> mends = new LinkedHashMap<>();
    mends.put(
        "found unknown escape character",
        "In double quotes a backslash starts an escape. Put the text in single quotes, as in"
            + " 're:model\\.layers\\..*', or write two backslashes");
    mends.put("found character '\\t", "Indent with spaces: YAML takes no tabs there");
    mends.put(
        "mapping values are not allowed here",
        "A text that holds \": \" needs quotes; or the line is indented deeper than the one it"
            + " belongs to");
    mends.put("found undefined alias", "A text that starts with * needs quotes, as in '*_proj'");
    mends.put("found character '@'", "Put the text in quotes");
    mends.put("found character '`'", "Put the text in quotes");
    mends.put("found character '%'", "Put the text in quotes");
    mends.put("while scanning an alias", "A text that starts with * needs quotes, as in '*_proj'");
    mends.put("found unexpected end of stream", "A quote or a bracket is not closed");
    mends.put("but got <stream end>", "A bracket is not closed");
    mends.put("expected <block end>", "The indentation does not fit the lines above");
    mends.put("could not find expected ':'", "A key needs a colon and a space behind it");
    mends.put(
        "Global tag is not allowed",
        "Tags make objects of data, which no recipe needs. Leave the tag out");
    return mends;
  }

  static String message(MarkedYAMLException e) {
    String context = e.getContext() == null ? "" : e.getContext() + ": ";
    return text(context + e.getProblem());
  }

  static String message(YAMLException e) {
    return text(e.getMessage());
  }

  private static String text(String said) {
    String mend =
        MENDS.entrySet().stream()
            .filter(entry -> said.contains(entry.getKey()))
            .map(entry -> ". " + entry.getValue())
            .findFirst()
            .orElse("");
    return "not YAML: " + said.strip() + mend;
  }
}
