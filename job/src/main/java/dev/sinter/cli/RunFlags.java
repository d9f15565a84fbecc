/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** Flags about a run that writes a checkpoint. */
final class RunFlags extends ClusterFlags {
  @Option(
      names = "--workspace",
      paramLabel = "DIR",
      description = "Where work in progress is kept; a folder inside the output if not given.")
  Optional<String> workspace = Optional.empty();

  @Option(names = "--clean", description = "Throw unfinished work of an earlier run away.")
  boolean clean;
}
