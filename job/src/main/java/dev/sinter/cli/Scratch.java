/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;

/** A folder for what is needed while a command runs: a given one, or one of its own. */
record Scratch(String location, Ownership ownership) implements AutoCloseable {

  /** Whose folder it is. */
  private enum Ownership {
    OURS,
    GIVEN
  }

  /** What is not given lies on this machine, where executors elsewhere would not find it. */
  static Scratch of(Optional<String> given, Optional<String> master) throws IOException {
    if (given.isPresent()) {
      FileStore store = FileStores.at(given.get());
      FileStores.unwritable("--workspace", store)
          .ifPresent(
              problem -> {
                throw new RequestException(problem);
              });
      return new Scratch(store.location(), Ownership.GIVEN);
    }
    String url =
        master.or(() -> Optional.ofNullable(System.getProperty("spark.master"))).orElse("local");
    if (!url.startsWith("local")) {
      throw new RequestException(
          "Spark runs on "
              + url
              + ", and its executors need a folder that all of them reach. Give --workspace");
    }
    return new Scratch(Files.createTempDirectory("sinter-").toString(), Ownership.OURS);
  }

  @Override
  public void close() throws IOException {
    if (ownership == Ownership.OURS) {
      FileStores.at(location).deleteAll();
    }
  }
}
