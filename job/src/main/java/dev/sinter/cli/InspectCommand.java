/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.architecture.ModelConfig;
import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileInfo;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what a checkpoint holds, from its headers alone. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description =
        "Says what a checkpoint holds: its family, scheme, files, and tensors with type, shape and place.")
final class InspectCommand implements Callable<Integer> {
  private final PrintStream out;

  @Parameters(paramLabel = "DIR", description = "The checkpoint.")
  private String model;

  @Option(names = "--json", description = "For programs.")
  private boolean json;

  InspectCommand(PrintStream out) {
    this.out = out;
  }

  /** How many tensors of one type, and their bytes. */
  private record Share(int tensors, long bytes) {
    Share plus(long more) {
      return new Share(tensors + 1, bytes + more);
    }
  }

  @Override
  public Integer call() throws IOException {
    Checkpoint checkpoint = Checkpoint.open(FileStores.at(model));
    Map<String, Share> shares = new TreeMap<>();
    for (TensorEntry entry : checkpoint.tensors().values()) {
      shares.merge(
          entry.spec().dtype().name(),
          new Share(1, entry.spec().bytes()),
          (a, b) -> a.plus(b.bytes));
    }
    if (json) {
      out.print(JsonWriter.pretty(json(checkpoint, shares)));
    } else {
      print(checkpoint, shares);
    }
    return 0;
  }

  private static String scheme(Checkpoint checkpoint) {
    return checkpoint
        .config()
        .member("quantization_config")
        .filter(Json.Obj.class::isInstance)
        .map(
            config -> {
              Json.Obj object = (Json.Obj) config;
              Object format = object.member("format").orElse(new Json.Str(""));
              Object method = object.member("quant_method").orElse(new Json.Str("unknown method"));
              return (((Json) method) instanceof Json.Str text ? text.value() : "?")
                  + " "
                  + (((Json) format) instanceof Json.Str text ? text.value() : "");
            })
        .orElse("dense");
  }

  private static Json.Obj json(Checkpoint checkpoint, Map<String, Share> shares) {
    Map<String, Object> byType = new LinkedHashMap<>();
    shares.forEach(
        (type, share) ->
            byType.put(type, Json.object("tensors", share.tensors, "bytes", share.bytes)));
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
        "scheme", scheme(checkpoint).trim(),
        "bytes", checkpoint.tensorBytes(),
        "types", byType,
        "files", checkpoint.otherFiles().stream().map(FileInfo::name).toList(),
        "tensors", tensors);
  }

  private void print(Checkpoint checkpoint, Map<String, Share> shares) {
    out.println(checkpoint.store().location());
    out.println("  family   " + new ModelConfig(checkpoint.config()).modelType());
    out.println("  scheme   " + scheme(checkpoint).trim());
    out.println(
        "  tensors  "
            + checkpoint.tensors().size()
            + ", "
            + ByteSize.text(checkpoint.tensorBytes()));
    shares.forEach(
        (type, share) ->
            out.println(
                String.format(
                    Locale.ROOT,
                    "    %-8s %6d  %s",
                    type,
                    share.tensors,
                    ByteSize.text(share.bytes))));
    out.println(
        "  beside   "
            + String.join(", ", checkpoint.otherFiles().stream().map(FileInfo::name).toList()));
    for (TensorEntry entry : checkpoint.tensors().values()) {
      out.println(
          String.format(
              Locale.ROOT,
              "  %-8s %-16s %s  (%s)",
              entry.spec().dtype(),
              entry.spec().shape(),
              entry.name(),
              entry.file()));
    }
  }
}
