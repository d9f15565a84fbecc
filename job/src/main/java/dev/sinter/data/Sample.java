/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.json.JsonSyntaxException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Optional;

/** One line of a data set: its token ids, or what is wrong with it. */
final class Sample implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final String COLUMN = "input_ids";

  private final long line;
  private final int[] ids;
  private final String hash;
  private final String problem;

  private Sample(long line, int[] ids, String hash, String problem) {
    this.line = line;
    this.ids = ids;
    this.hash = hash;
    this.problem = problem;
  }

  static Sample parse(String text, long line, int maxLength, long seed) {
    try {
      Json.Obj object = JsonParser.parseObject(text.getBytes(StandardCharsets.UTF_8));
      Optional<Json> column = object.member(COLUMN);
      if (column.isEmpty() || !(column.get() instanceof Json.Arr array)) {
        return broken(line, "has no list \"" + COLUMN + "\"; it has " + object.members().keySet());
      }
      int[] ids = new int[Math.min(array.items().size(), maxLength)];
      for (int i = 0; i < ids.length; i++) {
        if (!(array.items().get(i) instanceof Json.Num id)
            || !id.isInteger()
            || id.text().length() > 9) {
          return broken(line, COLUMN + "[" + i + "] is no token id");
        }
        ids[i] = (int) id.asLong();
      }
      return ids.length == 0
          ? broken(line, COLUMN + " is empty")
          : new Sample(line, ids, hash(ids, seed), "");
    } catch (JsonSyntaxException e) {
      return broken(line, "is not JSON: " + e.getMessage());
    }
  }

  private static Sample broken(long line, String why) {
    return new Sample(line, new int[0], "", "line " + (line + 1) + " " + why);
  }

  int[] ids() {
    return ids;
  }

  Optional<String> problem() {
    return problem.isEmpty() ? Optional.empty() : Optional.of(problem);
  }

  /** Broken lines first, so that none is passed over in silence; then the order of the file. */
  static Comparator<Sample> byLine() {
    return (Comparator<Sample> & Serializable)
        (a, b) -> {
          int broken = Boolean.compare(a.problem.isEmpty(), b.problem.isEmpty());
          return broken != 0 ? broken : Long.compare(a.line, b.line);
        };
  }

  /**
   * Broken lines first; then by the hash of seed and content; equal contents in the order of the
   * file.
   */
  static Comparator<Sample> byHash() {
    return (Comparator<Sample> & Serializable)
        (a, b) -> {
          int broken = Boolean.compare(a.problem.isEmpty(), b.problem.isEmpty());
          if (broken != 0) {
            return broken;
          }
          int byHash = a.hash.compareTo(b.hash);
          return byHash != 0 ? byHash : Long.compare(a.line, b.line);
        };
  }

  private static String hash(int[] ids, long seed) {
    ByteBuffer content = ByteBuffer.allocate(Long.BYTES + ids.length * Integer.BYTES).putLong(seed);
    Arrays.stream(ids).forEach(content::putInt);
    return HexFormat.of().formatHex(TensorWriter.sha256().digest(content.array()));
  }
}
