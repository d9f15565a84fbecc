/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.architecture.ModelConfig;
import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.forward.ParameterCheck;
import dev.sinter.forward.RunnableModel;
import dev.sinter.graph.Graph;
import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.pipeline.Traversal;
import dev.sinter.plan.EstimateDocument;
import dev.sinter.plan.GraphDocument;
import dev.sinter.plan.GraphOutline;
import dev.sinter.plan.ModuleRow;
import dev.sinter.plan.OutputSettings;
import dev.sinter.plan.Plan;
import dev.sinter.plan.PlanDocument;
import dev.sinter.plan.PlanEstimate;
import dev.sinter.plan.Planner;
import dev.sinter.plan.QuantizerSummary;
import dev.sinter.problem.Problems;
import dev.sinter.quantizer.QuantizerAttributes;
import dev.sinter.recipe.Recipe;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what a recipe would do to a checkpoint, from its headers alone. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Says what a recipe would do to a checkpoint: each module's representation and the rule that decided, sizes, work and memory, warnings. Reads config.json and the headers of tensors; starts no Spark.",
    footer = {"", "Example: sinter plan --model DIR --recipe oneshot/w4a16-gptq --modules"})
final class PlanCommand implements Callable<Integer>, Checked {
  private static final Json.Obj NOTHING = Json.object();

  private final PrintStream out;
  private final PrintStream err;

  @Spec private CommandSpec command;

  @Mixin private ModelFlags model;

  @Mixin JobFile.Flag file;

  @ArgGroup(
      validate = false,
      heading = "%nWhat to do: a recipe, or a scheme for rounding to nearest%n")
  private final RecipeFlags what = new RecipeFlags();

  @ArgGroup(validate = false, heading = "%nCalibration data, which is not read%n")
  private final DataFlags data = new DataFlags();

  @ArgGroup(validate = false, heading = "%nHow the model would be calibrated%n")
  private final SequentialFlags sequential = new SequentialFlags();

  @ArgGroup(validate = false, heading = "%nWhat to show%n")
  private final Show show = new Show();

  /** What is shown. */
  private static final class Show {
    @Option(names = "--modules", description = "Every module, not one line for those of a kind.")
    private boolean modules;

    @Option(
        names = "--quantizers",
        description = "The quantizers that are on, as ModelOpt sums them up.")
    private boolean quantizers;

    @Option(
        names = "--graph",
        description =
            "The subgraphs that the model is calibrated by, the data flow in them, and what was found there. Needs no recipe.")
    private boolean graph;

    @Option(
        names = "--executor-cores",
        paramLabel = "N",
        description =
            "Memory is told for executors of so many cores, a task on each (default: ${DEFAULT-VALUE}).")
    private int cores = 4;

    @Option(names = "--json", description = "For programs.")
    private boolean json;
  }

  PlanCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() throws IOException {
    Problems problems = new Problems();
    check(problems);
    problems.throwIfAny();
    if (show.graph && !what.isGiven()) {
      Checkpoint checkpoint = model.look(err);
      print(checkpoint, outline(checkpoint, new DataSettings(err).merged(dataFlags(), NOTHING)));
      return 0;
    }
    Recipe recipe = what.recipe(err);
    Checkpoint checkpoint = model.look(err);
    if (show.quantizers) {
      quantizers(QuantizerSummary.of(checkpoint, recipe));
      return 0;
    }
    Json.Obj settings = NOTHING;
    if (recipe.needsCalibration() || show.graph) {
      settings = new DataSettings(err).merged(dataFlags(), recipe.dataset());
    } else {
      new DataSettings(err).sayNeedless(data.given(sequential));
    }
    Plan plan = plan(checkpoint, recipe);
    what.strictness()
        .check(Stream.concat(recipe.notes().stream(), plan.notices().stream()).toList());
    print(checkpoint, plan, settings);
    return 0;
  }

  /** What keeps the model from being calibrated shows here, before anybody waits for a cluster. */
  private Plan plan(Checkpoint checkpoint, Recipe recipe) {
    OutputSettings output = OutputSettings.DEFAULT.withForm(what.form()).withTies(model.ties());
    Plan plan = Planner.plan(checkpoint, recipe, output);
    return plan.withNotices(
        RunnableModel.refusals(plan, checkpoint).stream()
            .map(refusal -> "oneshot refuses this: " + refusal)
            .toList());
  }

  @Override
  public void check(Problems problems) {
    data.check(problems);
    DataSettings.of(dataFlags(), problems);
    WholeNumbers.requirePositive("--executor-cores", show.cores, problems);
  }

  private void print(Checkpoint checkpoint, GraphOutline outline) {
    if (show.json) {
      out.print(
          JsonWriter.pretty(
              Json.object(
                  "model", checkpoint.store().location(),
                  "graph", GraphDocument.json(outline))));
    } else {
      out.println(checkpoint.store().location());
      new GraphText(out).print(outline);
    }
  }

  private Traversal traversal(Json.Obj settings) {
    return SequentialFlags.traversal(settings).with(what.pipeline());
  }

  private void print(Checkpoint checkpoint, Plan plan, Json.Obj settings) {
    Optional<CalibrationData> calibration =
        plan.recipe().needsCalibration()
            ? Optional.of(CalibrationData.of(settings, data.slices))
            : Optional.empty();
    Optional<PlanEstimate> estimate =
        new PlanEstimates(checkpoint, plan, show.cores).of(calibration, settings);
    Optional<GraphOutline> outline =
        show.graph ? Optional.of(outline(checkpoint, settings)) : Optional.empty();
    if (show.json) {
      Json.Obj document = PlanDocument.json(checkpoint, plan);
      if (calibration.isPresent()) {
        document = document.with("data", calibration.get().json());
        document = document.with("traversal", traversal(settings).json());
      }
      if (estimate.isPresent()) {
        document = document.with("estimate", EstimateDocument.json(estimate.get()));
      }
      if (outline.isPresent()) {
        document = document.with("graph", GraphDocument.json(outline.get()));
      }
      out.print(JsonWriter.pretty(document));
      return;
    }
    List<String> lines = new ArrayList<>();
    calibration.ifPresent(data -> lines.add("data       " + data.description()));
    if (calibration.isPresent() && !traversal(settings).propagates()) {
      lines.add("errors     layers are calibrated on what those before them put out dense");
    }
    if (calibration.isPresent() && traversal(settings).propagatesActivations()) {
      lines.add("errors     layers are calibrated on what clients compute with those before them");
    }
    estimate.ifPresent(found -> lines.addAll(PlanEstimates.lines(found)));
    new PlanText(out)
        .print(
            checkpoint,
            plan,
            lines,
            show.modules ? PlanText.Modules.EACH : PlanText.Modules.BY_KIND);
    outline.ifPresent(new GraphText(out)::print);
  }

  private static GraphOutline outline(Checkpoint checkpoint, Json.Obj settings) {
    Graph graph = ParameterCheck.trace(checkpoint, new ModelConfig(checkpoint.config()));
    return GraphOutline.of(graph, SequentialFlags.targets(settings));
  }

  private Map<String, Object> dataFlags() {
    Map<String, Object> flags = data.given(sequential);
    flags.putAll(PeerDataFlags.given(command));
    return flags;
  }

  private void quantizers(QuantizerSummary summary) {
    if (show.json) {
      out.print(JsonWriter.pretty(summary.json()));
      return;
    }
    Map<List<String>, Integer> lines = new LinkedHashMap<>();
    summary
        .enabled()
        .forEach(
            (name, attributes) -> {
              String shown = show.modules ? name : ModuleRow.kind(name);
              lines.merge(
                  List.of(shown, text(attributes), summary.deciders().get(name)), 1, Integer::sum);
            });
    int names = lines.keySet().stream().mapToInt(line -> line.get(0).length()).max().orElse(1);
    int forms = lines.keySet().stream().mapToInt(line -> line.get(1).length()).max().orElse(1);
    String format = "%7s  %-" + names + "s  %-" + forms + "s  %s";
    out.println(String.format(Locale.ROOT, format, "count", "quantizer", "attributes", "rule"));
    lines.forEach(
        (line, count) ->
            out.println(
                String.format(Locale.ROOT, format, count, line.get(0), line.get(1), line.get(2))));
    out.println(summary.enabled().size() + " of " + summary.total() + " quantizers are on");
  }

  private static String text(List<QuantizerAttributes> attributes) {
    return attributes.stream().map(String::valueOf).collect(Collectors.joining(" then "));
  }
}
