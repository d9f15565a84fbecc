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

  /** The hub that variables of the environment and these flags mean; it tells on a stream. */
  Hub hub(PrintStream err) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    cache.ifPresent(folder -> environment.put("HF_HUB_CACHE", folder));
    return new Hub(HubSettings.of(environment), new HubLines(err));
  }

  /** Where a checkpoint is; that of a hub is fetched, if it is not here already. */
  String checkpoint(String model, PrintStream err) throws IOException {
    Hub hub = hub(err);
    return location(model, err).resolve((name, at) -> ModelFiles.fetch(hub, name, at));
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
