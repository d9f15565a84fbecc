/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.hub.Hub;
import dev.sinter.plan.OutputSettings.Ties;
import dev.sinter.problem.Problems;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Flags that name a model: commands that read a checkpoint have them. */
final class ModelFlags {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "MODEL",
      description =
          "The Hugging Face checkpoint: a folder, local or s3a://, hdfs://, ..., or org/name of a hub.")
  private String model;

  @Mixin private HubFlags hub;

  @Mixin private PeerFlags peers;

  @Option(
      names = {"--tokenizer", "--processor"},
      paramLabel = "MODEL",
      description =
          "Another folder, or another model of a hub, whose tokenizer is taken in place of the checkpoint's own.")
  private Optional<String> tokenizer = Optional.empty();

  @Option(
      names = "--tie-word-embeddings",
      arity = "1",
      paramLabel = "true|false",
      description =
          "With false, a head that is the embedding gets a weight of its own (default: true).")
  private boolean tied = true;

  /** Adds what is wrong with the flags of the model. */
  void check(Problems problems) {
    peers.check(problems);
  }

  /** Adds what a command asks for in vain that takes token ids and writes no checkpoint. */
  void checkRunOnly(Problems problems) {
    peers.check(problems);
    tokenizer.ifPresent(
        name ->
            problems.add(
                "--tokenizer " + name + ": token ids are taken as they are. Leave the flag out"));
    if (!tied) {
      problems.add(
          "--tie-word-embeddings false: no checkpoint is written, and a head computes the same either way. Leave the flag out");
    }
  }

  /** Whether a head that is the embedding remains it. */
  Ties ties() {
    return tied ? Ties.KEPT : Ties.CUT;
  }

  /** Where the checkpoint is; that of a hub is fetched, if it is not here already. */
  String location(PrintStream err) throws IOException {
    requireRight();
    return hub.checkpoint(model, command, err);
  }

  /** The checkpoint for who reads its headers alone: that of a hub need not be fetched for it. */
  Checkpoint look(PrintStream err) throws IOException {
    requireRight();
    return hub.look(model, err);
  }

  private void requireRight() {
    Problems problems = new Problems();
    check(problems);
    problems.throwIfAny();
  }

  /** The hub that data sets are fetched from. */
  Hub datasets(PrintStream err) {
    return hub.datasets(command, err);
  }

  /** Where the tokenizer's files are, if not beside the checkpoint. */
  Optional<String> tokenizerLocation(PrintStream err) throws IOException {
    return tokenizer.isEmpty()
        ? Optional.empty()
        : Optional.of(hub.smallFiles(tokenizer.get(), err));
  }
}
