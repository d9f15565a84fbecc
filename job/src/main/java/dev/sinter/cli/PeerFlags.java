/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.problem.Problems;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * Flags of the peers, about models and runs, that mean nothing here: each is answered with why, and
 * what to do instead. Those whose value asks for nothing are passed over, as job files carry them.
 */
final class PeerFlags {
  private static final String LOG_FILE = "LLM_COMPRESSOR_LOG_FILE";

  @Option(names = "--config-name", hidden = true, paramLabel = "MODEL")
  private Optional<String> configName = Optional.empty();

  @Option(
      names = "--trust-remote-code-model",
      arity = "0..1",
      fallbackValue = "true",
      hidden = true,
      paramLabel = "true|false")
  private Optional<Boolean> trustRemoteCode = Optional.empty();

  @Option(names = "--distill-teacher", hidden = true, paramLabel = "MODEL")
  private Optional<String> distillTeacher = Optional.empty();

  @Option(
      names = "--clear-sparse-session",
      arity = "0..1",
      fallbackValue = "true",
      hidden = true,
      paramLabel = "true|false",
      description = "Every run starts with nothing from others, whatever this says.")
  Optional<Boolean> clearSession = Optional.empty();

  @Option(names = "--log-dir", hidden = true, paramLabel = "DIR")
  private Optional<String> logs = Optional.empty();

  /** Adds what is asked for in vain. */
  void check(Problems problems) {
    configName.ifPresent(
        name ->
            problems.add(
                "--config-name "
                    + name
                    + ": the config of another model would describe other weights. To change the checkpoint's own, put its files into a folder with the config.json that you mean"));
    trustRemoteCode
        .filter(trusted -> trusted)
        .ifPresent(
            trusted ->
                problems.add(
                    "--trust-remote-code-model: Sinter runs no code that a checkpoint brings, and needs none: what needs no data works on any checkpoint, and calibration knows families by their model_type. Leave the flag out"));
    distillTeacher.ifPresent(
        name ->
            problems.add(
                "--distill-teacher "
                    + name
                    + ": the methods of oneshot learn from no second model. Leave the flag out"));
    logs.ifPresent(
        folder ->
            problems.add(
                "--log-dir "
                    + folder
                    + ": where logs go is Spark's to say, for driver and executors alike: -Dlog4j2.configurationFile, as conf/log4j2.properties shows. Progress goes to stderr, and what happened to each module into sinter.json"));
  }

  /** Says which of the peers' variables have no effect. */
  static void sayVariables(Map<String, String> environment, PrintStream err) {
    if (environment.containsKey(LOG_FILE)) {
      err.println(
          "sinter: "
              + LOG_FILE
              + " is not looked at: where logs go is for log4j2 to say, as conf/log4j2.properties shows");
    }
  }
}
