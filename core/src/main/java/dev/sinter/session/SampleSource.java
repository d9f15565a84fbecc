/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

import dev.sinter.json.Json;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;

/** Where the calibration set comes from. */
public interface SampleSource {

  /** What decides the samples: where they are, which are chosen, and what the data is known by. */
  Json.Obj identity() throws IOException;

  /** Refuses what can be seen to be wrong before anything is started to read the samples. */
  default void check() throws IOException {}

  /** How many tokens every sample has, if that is known before they are read. */
  default OptionalInt length() {
    return OptionalInt.empty();
  }

  /** How many rows of data were read for the samples. */
  default long rowsRead() throws IOException {
    return samples().size();
  }

  /** What a person should know of the samples, once they were read. */
  default List<String> notices() {
    return List.of();
  }

  /** The samples as token ids, in the order in which they calibrate. */
  List<int[]> samples() throws IOException;
}
