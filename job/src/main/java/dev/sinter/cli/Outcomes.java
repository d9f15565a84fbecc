/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.checkpoint.FileStores;
import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.pipeline.Outcome;
import java.io.PrintStream;

/** Tells of a run that writes a checkpoint: its progress on stderr, its result on stdout. */
record Outcomes(PrintStream out, PrintStream err, String directory) {
  void report(Outcome outcome, double seconds) {
    boolean done = outcome.kind() == Outcome.Kind.DONE;
    err.println(
        "sinter: "
            + (done ? "done: " : "nothing to do, the result is there: ")
            + ByteSize.text(outcome.inputBytes())
            + " -> "
            + ByteSize.text(outcome.outputBytes())
            + " in "
            + directory);
    out.println(
        JsonWriter.compact(
            Json.object(
                "status",
                done ? "done" : "nothing to do",
                "output_dir",
                FileStores.at(directory).location(),
                "content_digest",
                outcome.contentDigest(),
                "input_bytes",
                outcome.inputBytes(),
                "output_bytes",
                outcome.outputBytes(),
                "seconds",
                Math.round(seconds * 1000) / 1000.0)));
  }
}
