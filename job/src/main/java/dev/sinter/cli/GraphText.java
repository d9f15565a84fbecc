/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.plan.FlowLine;
import dev.sinter.plan.GraphOutline;
import dev.sinter.plan.GraphOutline.Part;
import dev.sinter.plan.SubgraphOutline;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What was found of a model's graph, for people: subgraphs that are alike once. */
record GraphText(PrintStream out) {
  private static final String[] UNITS = {"", "k", "M", "G", "T"};

  void print(GraphOutline outline) {
    line("  %9s  %7s  %10s  %8s  %s", "subgraphs", "nodes", "parameters", "sends on", "name");
    for (Part part : outline.parts()) {
      line(
          "  %9d  %7d  %10s  %8d  %s",
          part.names().size(),
          part.outline().nodes(),
          amount(part.outline().parameters()),
          part.outline().sentChannels(),
          part.title());
    }
    outline.notices().forEach(notice -> line("    - %s", notice));
    for (Part part : outline.parts()) {
      line("");
      line("  %s", part.title());
      new PartText(part.outline()).print();
    }
  }

  /** What stands in subgraphs that are alike; modules by their names behind what all share. */
  private final class PartText {
    private final SubgraphOutline outline;
    private final String shared;
    private final String format;

    PartText(SubgraphOutline outline) {
      this.outline = outline;
      this.shared = shared(outline.flow());
      int names = width(outline.flow().stream().map(line -> name(line.module())).toList());
      int whats = width(outline.flow().stream().map(FlowLine::what).toList());
      this.format = "    %%%-3s  %8s  %-" + names + "s  %-" + whats + "s  %s";
    }

    void print() {
      for (int i = 0; i < outline.given().size(); i++) {
        line(format, i, outline.given().get(i), "", "given", "");
      }
      for (FlowLine line : outline.flow()) {
        String reads =
            line.reads().stream().map(number -> "%" + number).collect(Collectors.joining(" "));
        String count = line.count() == 1 ? "" : "  (" + line.count() + " of them)";
        line(
            format,
            line.number(),
            line.channels(),
            name(line.module()),
            line.what(),
            reads + count);
      }
      line(
          "    sends on         %s",
          outline.sent().stream().map(number -> "%" + number).collect(Collectors.joining(" ")));
      outline
          .inputGroups()
          .forEach(
              (linears, count) -> line("    reads one value  %s%s", names(linears), of(count)));
      outline
          .pairs()
          .forEach(
              (pair, count) ->
                  line(
                      "    smoothing        %s -> %s%s%s",
                      name(pair.producer()),
                      names(pair.linears()),
                      pair.routers().isEmpty() ? "" : ", with " + names(pair.routers()),
                      of(count)));
      outline
          .unpaired()
          .forEach((why, linears) -> line("    no smoothing     %s: %s", names(linears), why));
      outline
          .kvPoints()
          .forEach(
              point ->
                  line(
                      "    keys and values  %s: %d + %d channels a token",
                      name(point.module()), point.keys(), point.values()));
    }

    private String name(String module) {
      if ((module + ".").equals(shared)) {
        return "";
      }
      return module.startsWith(shared) ? module.substring(shared.length()) : module;
    }

    private String names(List<String> modules) {
      return modules.stream().map(this::name).collect(Collectors.joining(", "));
    }
  }

  /** The modules, up to a dot, that all stand in; nothing if there is one alone. */
  private static String shared(List<FlowLine> flow) {
    List<String> modules = flow.stream().map(FlowLine::module).filter(m -> !m.isEmpty()).toList();
    String shared = modules.isEmpty() ? "" : modules.get(0) + ".";
    for (String module : modules) {
      while (!(module + ".").startsWith(shared)) {
        shared = shared.substring(0, shared.lastIndexOf('.', shared.length() - 2) + 1);
      }
    }
    return modules.size() == 1 ? "" : shared;
  }

  private static String of(int count) {
    return count == 1 ? "" : "  (" + count + " of them)";
  }

  private static int width(List<String> texts) {
    return texts.stream().mapToInt(String::length).max().orElse(1);
  }

  private static String amount(long number) {
    double value = number;
    int unit = 0;
    while (value >= 1000 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f%s" : "%.1f %s", value, UNITS[unit]);
  }

  private void line(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values).stripTrailing());
  }
}
