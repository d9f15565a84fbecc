/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.hub.Hub;
import dev.sinter.hub.HubSettings;
import dev.sinter.hub.ModelFiles;
import dev.sinter.hub.ModelLocation;
import java.io.IOException;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** Flags about a hub: which revision of a model, and where its files are kept here. */
final class HubFlags {
  private static final String REVISION = "--model-revision";

  @Option(
      names = REVISION,
      paramLabel = "REVISION",
      description = "Of a hub's model: a branch, a tag or a commit (default: main).")
  private Optional<String> revision = Optional.empty();

  @Option(
      names = "--cache-dir",
      paramLabel = "DIR",
      description =
          "Where a hub's files are kept (default: HF_HUB_CACHE, or hub in HF_HOME, or ~/.cache/huggingface/hub).")
  private Optional<String> cache = Optional.empty();

  /** The hub that data sets are fetched from; where executors could not see them, it is said. */
  Hub datasets(CommandSpec command, PrintStream err) {
    if (isElsewhere(command)) {
      err.println(
          "sinter: a hub's data set is fetched into its cache on this machine, and executors on other machines must see it. If they do not, set HF_HOME to storage that all of them mount");
    }
    return hub(err);
  }

  /** The hub that variables of the environment and these flags mean; it tells on a stream. */
  private Hub hub(PrintStream err) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    cache.ifPresent(folder -> environment.put("HF_HUB_CACHE", folder));
    return new Hub(HubSettings.of(environment), new HubLines(err));
  }

  /**
   * Where a checkpoint is; that of a hub is fetched, if it is not here already. Where executors
   * could not see it, it is said.
   */
  String checkpoint(String model, CommandSpec command, PrintStream err) throws IOException {
    Hub hub = hub(err);
    ModelLocation named = location(model, err);
    String location = named.resolve((name, at) -> ModelFiles.fetch(hub, name, at));
    if (named.repository().isPresent() && isElsewhere(command)) {
      err.println(
          "sinter: executors on other machines must see "
              + location
              + ", too. If they do not, set HF_HOME to storage that all of them mount, or copy the model to a store and name it there");
    }
    return location;
  }

  /** Whether tasks of a command may run on other machines. */
  private static boolean isElsewhere(CommandSpec command) {
    return master(command).filter(url -> !url.startsWith("local")).isPresent();
  }

  /** The Spark master, by the command's flag or by spark-submit. */
  private static Optional<String> master(CommandSpec command) {
    Optional<String> flag =
        Optional.ofNullable(command.findOption("--master")).flatMap(OptionSpec::getValue);
    return flag.or(() -> Optional.ofNullable(System.getProperty("spark.master")));
  }

  /** A checkpoint for who reads its headers alone: that of a hub need not be fetched for it. */
  Checkpoint look(String model, PrintStream err) throws IOException {
    Hub hub = hub(err);
    return Checkpoint.open(
        location(model, err).resolve((name, at) -> ModelFiles.look(hub, name, at), FileStores::at));
  }

  private ModelLocation location(String model, PrintStream err) {
    ModelLocation location =
        ModelLocation.of(model, revision.orElse(ModelLocation.DEFAULT_REVISION));
    if (location.repository().isEmpty() && revision.isPresent()) {
      err.println("sinter: " + model + " is no model of a hub; " + REVISION + " is not looked at");
    }
    return location;
  }

  /** Where the small files of a model are, such as its tokenizer's. */
  String smallFiles(String model, PrintStream err) throws IOException {
    Hub hub = hub(err);
    return ModelLocation.of(model, ModelLocation.DEFAULT_REVISION)
        .resolve((name, at) -> ModelFiles.fetchSmall(hub, name, at));
  }
}
