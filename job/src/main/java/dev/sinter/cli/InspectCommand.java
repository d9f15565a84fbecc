/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.architecture.ModelConfig;
import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileInfo;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.weight.CheckpointWeights;
import dev.sinter.weight.ModuleSource;
import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what a checkpoint holds, from its headers alone. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description =
        "Says what a checkpoint holds: its family, scheme, files, and each matrix with its shape, size and scheme. With --json also where each tensor lies.")
final class InspectCommand implements Callable<Integer> {
  private final PrintStream out;
  private final PrintStream err;

  @ArgGroup(multiplicity = "1")
  private Named named;

  @Mixin private HubFlags hub;

  @Option(names = "--json", description = "For programs.")
  private boolean json;

  /** The checkpoint, with a flag or without. */
  private static final class Named {
    @Parameters(
        paramLabel = "MODEL",
        description =
            "The checkpoint: a folder, local or s3a://, hdfs://, ..., or org/name of a hub.")
    private Optional<String> argument = Optional.empty();

    @Option(names = "--model", paramLabel = "MODEL", description = "The same.")
    private Optional<String> flag = Optional.empty();
  }

  InspectCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() throws IOException {
    String model = named.argument.or(() -> named.flag).orElseThrow();
    Checkpoint checkpoint = hub.look(model, err);
    CheckpointWeights weights = CheckpointWeights.of(checkpoint);
    weights.problems().forEach(problem -> err.println("sinter: note: " + problem));
    if (json) {
      out.print(JsonWriter.pretty(json(checkpoint, weights)));
    } else {
      print(checkpoint, weights);
    }
    return 0;
  }

  /** How many modules or tensors of one kind, and their bytes and elements. */
  private record Share(int count, long bytes, long elements) {
    static final Share NONE = new Share(0, 0, 0);

    Share plus(long moreBytes, long moreElements) {
      return new Share(count + 1, bytes + moreBytes, elements + moreElements);
    }

    double bitsEach() {
      return elements == 0 ? 0 : 8.0 * bytes / elements;
    }
  }

  private static Map<String, Share> byRepresentation(CheckpointWeights weights) {
    Map<String, Share> shares = new TreeMap<>();
    for (ModuleSource module : weights.modules().values()) {
      shares.compute(
          representation(module),
          (name, share) ->
              (share == null ? Share.NONE : share)
                  .plus(module.storedBytes(), module.weight().shape().elements()));
    }
    return shares;
  }

  private static String representation(ModuleSource module) {
    return module.isDense() ? "dense " + module.weight().dtype() : module.representation();
  }

  private static Map<String, Share> byType(Checkpoint checkpoint) {
    Map<String, Share> shares = new TreeMap<>();
    for (TensorEntry entry : checkpoint.tensors().values()) {
      shares.compute(
          entry.spec().dtype().name(),
          (name, share) ->
              (share == null ? Share.NONE : share)
                  .plus(entry.spec().bytes(), entry.spec().shape().elements()));
    }
    return shares;
  }

  private static String scheme(Checkpoint checkpoint) {
    Optional<Json.Obj> config =
        checkpoint
            .config()
            .member("quantization_config")
            .filter(Json.Obj.class::isInstance)
            .map(Json.Obj.class::cast);
    if (config.isEmpty()) {
      return "dense";
    }
    String method = text(config.get(), "quant_method").orElse("unknown method");
    return method + text(config.get(), "format").map(format -> " " + format).orElse("");
  }

  private static Optional<String> text(Json.Obj object, String name) {
    return object
        .member(name)
        .filter(Json.Str.class::isInstance)
        .map(value -> ((Json.Str) value).value());
  }

  private static Json.Obj json(Checkpoint checkpoint, CheckpointWeights weights) {
    Map<String, Object> types = new LinkedHashMap<>();
    byType(checkpoint)
        .forEach(
            (type, share) ->
                types.put(type, Json.object("tensors", share.count, "bytes", share.bytes)));
    Map<String, Object> modules = new LinkedHashMap<>();
    for (ModuleSource module : weights.modules().values()) {
      modules.put(
          module.module(),
          Json.object(
              "scheme", representation(module),
              "bits", module.bits(),
              "shape", module.weight().shape().dimensions(),
              "bytes", module.storedBytes()));
    }
    Map<String, Object> tensors = new LinkedHashMap<>();
    for (TensorEntry entry : checkpoint.tensors().values()) {
      tensors.put(
          entry.name(),
          Json.object(
              "dtype", entry.spec().dtype().name(),
              "shape", entry.spec().shape().dimensions(),
              "file", entry.file(),
              "offset", entry.offset()));
    }
    return Json.object(
        "model_type", new ModelConfig(checkpoint.config()).modelType(),
        "scheme", scheme(checkpoint),
        "bytes", checkpoint.tensorBytes(),
        "types", types,
        "files", checkpoint.otherFiles().stream().map(FileInfo::name).toList(),
        "modules", modules,
        "tensors", tensors);
  }

  private void print(Checkpoint checkpoint, CheckpointWeights weights) {
    out.println(checkpoint.store().location());
    out.println("  family   " + new ModelConfig(checkpoint.config()).modelType());
    out.println("  scheme   " + scheme(checkpoint));
    line("  tensors  %d, %s", checkpoint.tensors().size(), ByteSize.text(checkpoint.tensorBytes()));
    byType(checkpoint)
        .forEach(
            (type, share) ->
                line("    %-8s %6d  %s", type, share.count, ByteSize.text(share.bytes)));
    out.println(
        "  beside   "
            + String.join(", ", checkpoint.otherFiles().stream().map(FileInfo::name).toList()));
    out.println("  matrices by scheme, scales included in the bits");
    byRepresentation(weights)
        .forEach(
            (name, share) ->
                line(
                    "    %6d  %9s  %5.2f bits  %s",
                    share.count, ByteSize.text(share.bytes), share.bitsEach(), name));
    for (ModuleSource module : weights.modules().values()) {
      line(
          "  %-16s %9s  %s  (%s)",
          module.weight().shape(),
          ByteSize.text(module.storedBytes()),
          module.module(),
          representation(module));
    }
    checkpoint.tensors().values().stream()
        .filter(entry -> weights.moduleOfTensor(entry.name()).isEmpty())
        .filter(entry -> weights.stackOfTensor(entry.name()).isEmpty())
        .forEach(
            entry ->
                line(
                    "  %-16s %9s  %s  (%s)",
                    entry.spec().shape(),
                    ByteSize.text(entry.spec().bytes()),
                    entry.name(),
                    entry.spec().dtype()));
  }

  private void line(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }
}
