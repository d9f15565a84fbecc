/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.architecture.ModelConfig;
import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.Resolution.RuleKind;
import dev.sinter.plan.ModulePlan;
import dev.sinter.plan.ModuleRow;
import dev.sinter.plan.Plan;
import dev.sinter.plan.Plan.MethodRule;
import dev.sinter.plan.PlanDocument;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationScheme.Activations;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A plan for people: like modules of all layers in one line. */
record PlanText(PrintStream out) {
  /** Settings that say which modules are represented in which way. */
  private static final Set<String> IN_TABLE =
      Set.of("targets", "ignore", "scheme", "config_groups", "kv_cache_scheme", "quant_cfg");

  /** How modules are listed. */
  enum Modules {
    BY_KIND,
    EACH
  }

  void print(Checkpoint checkpoint, Plan plan, List<String> more, Modules modules) {
    out.println(checkpoint.store().location());
    line("  family     %s", new ModelConfig(checkpoint.config()).modelType());
    line("  pipeline   %s%s", PlanDocument.pipeline(plan), statistics(plan));
    more.forEach(text -> out.println("  " + text));
    line(
        "  output     %s of %s, %d %s, %s bits a parameter, scales included",
        ByteSize.text(plan.outputBytes()),
        ByteSize.text(checkpoint.tensorBytes()),
        plan.shards().size(),
        plan.shards().size() == 1 ? "file" : "files",
        number(PlanDocument.bits(plan)));
    plan.kvCache().ifPresent(args -> line("  kv cache   %s", text(args)));
    attention(plan);
    methods(plan);
    rows(plan, modules);
    rules(plan);
    section("warnings", plan.notices());
    section("when serving", plan.hints());
    section("notes", plan.recipe().notes());
    section("this version lacks", plan.missing());
  }

  /** Modules that round queries, keys and values alike, by how they do it. */
  private void attention(Plan plan) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    plan.attention().values().forEach(args -> counts.merge(text(args), 1, Integer::sum));
    counts.forEach(
        (how, count) ->
            line("  attention  %s: queries, keys and values of %d modules", how, count));
  }

  private static String statistics(Plan plan) {
    Map<String, Integer> needed = PlanDocument.statistics(plan);
    return needed.isEmpty()
        ? ""
        : needed.entrySet().stream()
            .map(entry -> entry.getKey() + " of " + entry.getValue() + " inputs")
            .collect(Collectors.joining(", ", ", statistics: ", ""));
  }

  private void rows(Plan plan, Modules modules) {
    Map<List<String>, List<ModuleRow>> lines = new LinkedHashMap<>();
    for (ModuleRow row : plan.rows()) {
      if (row.source().isPresent()) {
        String name = modules == Modules.EACH ? row.module().name() : row.kind();
        List<String> key =
            List.of(
                name,
                row.source().get().weight().shape().toString(),
                row.plan().map(PlanText::representation).orElse("as it is"),
                row.why());
        lines.computeIfAbsent(key, k -> new ArrayList<>()).add(row);
      }
    }
    int names = width(lines.keySet(), 0);
    int forms = width(lines.keySet(), 2);
    String format = "  %7s  %-15s %6s  %-" + names + "s  %-" + forms + "s  %s";
    line(format, "modules", "shape", "bits", "name", "representation", "why");
    lines.forEach(
        (key, rows) ->
            line(
                format,
                rows.size(),
                key.get(1),
                number(PlanDocument.bits(rows.get(0))),
                key.get(0),
                key.get(2),
                key.get(3)));
  }

  private static int width(Collection<List<String>> lines, int column) {
    return lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(1);
  }

  /** What each method does, but for what the table of modules shows. */
  private void methods(Plan plan) {
    for (Modifier modifier : plan.recipe().modifiers()) {
      Map<String, Json> settings = new LinkedHashMap<>(modifier.settings().members());
      settings.keySet().removeAll(IN_TABLE);
      line("  method     %s %s", modifier.name(), JsonWriter.compact(new Json.Obj(settings)));
    }
  }

  private static String number(double bits) {
    return String.format(Locale.ROOT, "%.2f", bits);
  }

  private static String representation(ModulePlan plan) {
    return plan.scheme().name()
        + text(" in ", plan.scheme().inputs())
        + text(" out ", plan.scheme().outputs());
  }

  private static String text(String what, Activations activations) {
    return activations instanceof Activations.Quantized quantized
        ? "," + what + text(quantized.args())
        : "";
  }

  private static String text(QuantizationArgs args) {
    String when =
        switch (args.dynamic()) {
          case YES -> "dynamic";
          case LOCAL -> "locally dynamic";
          case NO -> "static";
        };
    return args.type().name().toLowerCase(Locale.ROOT)
        + args.numBits()
        + " by "
        + args.strategy().jsonName()
        + ", "
        + when;
  }

  /** Every rule that does something, and how many of those that turn off found anything. */
  private void rules(Plan plan) {
    if (plan.rules().isEmpty()) {
      return;
    }
    line("  %7s  %s", "matched", "rule");
    int idle = 0;
    for (MethodRule rule : plan.rules()) {
      if (rule.use().kind() == RuleKind.OFF && rule.use().matched() == 0) {
        idle++;
      } else {
        line(
            "  %7d  %s %s%s",
            rule.use().matched(),
            rule.use().kind().noun(),
            rule.use().rule(),
            rule.use().place().map(place -> "  (" + place.at() + ")").orElse(""));
      }
    }
    if (idle > 0) {
      line("           and %d that turn off what this model does not have", idle);
    }
  }

  private void section(String title, List<String> texts) {
    if (!texts.isEmpty()) {
      out.println("  " + title);
      texts.forEach(text -> out.println("    - " + text.replace("\n", "\n      ")));
    }
  }

  private void line(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values).stripTrailing());
  }
}
