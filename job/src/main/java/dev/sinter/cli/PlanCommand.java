/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.plan.ModuleRow;
import dev.sinter.plan.OutputSettings;
import dev.sinter.plan.Plan;
import dev.sinter.plan.PlanDocument;
import dev.sinter.plan.Planner;
import dev.sinter.plan.QuantizerSummary;
import dev.sinter.problem.Problems;
import dev.sinter.quantizer.QuantizerAttributes;
import dev.sinter.recipe.Recipe;
import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
        "Says what a recipe would do to a checkpoint: each module's representation and the rule that decided, sizes, warnings. Reads config.json and the headers of tensors; starts no Spark.")
final class PlanCommand implements Callable<Integer> {
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
    data.check(problems);
    DataSettings.of(dataFlags(), problems);
    problems.throwIfAny();
    Recipe recipe = what.recipe(err);
    Checkpoint checkpoint = model.look(err);
    if (show.quantizers) {
      quantizers(QuantizerSummary.of(checkpoint, recipe));
      return 0;
    }
    Plan plan =
        Planner.plan(
            checkpoint,
            recipe,
            OutputSettings.DEFAULT.withForm(what.form()).withTies(model.ties()));
    Optional<CalibrationData> calibration = calibration(recipe);
    if (show.json) {
      Json.Obj document = PlanDocument.json(checkpoint, plan);
      out.print(
          JsonWriter.pretty(
              calibration.isPresent()
                  ? document.with("data", calibration.get().json())
                  : document));
    } else {
      new PlanText(out)
          .print(
              checkpoint,
              plan,
              calibration.map(CalibrationData::description),
              show.modules ? PlanText.Modules.EACH : PlanText.Modules.BY_KIND);
    }
    return 0;
  }

  private Map<String, Object> dataFlags() {
    Map<String, Object> flags = data.given();
    flags.putAll(PeerDataFlags.given(command));
    return flags;
  }

  /** The data that the recipe would calibrate with. */
  private Optional<CalibrationData> calibration(Recipe recipe) {
    return recipe.needsCalibration()
        ? Optional.of(
            CalibrationData.of(
                new DataSettings(err).merged(dataFlags(), recipe.dataset()), data.slices))
        : Optional.empty();
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
