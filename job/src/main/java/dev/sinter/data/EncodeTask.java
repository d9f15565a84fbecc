/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.engine.Wire;
import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.json.JsonSyntaxException;
import dev.sinter.problem.RequestException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * Makes token ids of texts, or of chats by the checkpoint's template: for each a problem, empty if
 * there is none, and the ids.
 *
 * @param files the tokenizer's files, encoded
 * @param now the time that the template is told
 * @param maxLength where ids are cut
 */
record EncodeTask(
    Broadcast<byte[]> files, String fingerprint, Kind kind, LocalDateTime now, int maxLength)
    implements FlatMapFunction<Iterator<byte[]>, Tuple2<String, int[]>> {

  /** What is tokenized. */
  enum Kind {
    TEXT,
    CHAT
  }

  @Override
  public Iterator<Tuple2<String, int[]>> call(Iterator<byte[]> samples) {
    List<Tuple2<String, int[]>> encoded = new ArrayList<>();
    try (TokenizerPool.Lease lease =
        TokenizerPool.shared()
            .lease(fingerprint, () -> Wire.decode(files.value(), TokenizerFiles.class))) {
      while (samples.hasNext()) {
        encoded.add(encode(lease.tokenizer(), samples.next()));
      }
    }
    return encoded.iterator();
  }

  private Tuple2<String, int[]> encode(Tokenizer tokenizer, byte[] sample) {
    try {
      String text = new String(sample, StandardCharsets.UTF_8);
      Truncation truncation = new Truncation(tokenizer, maxLength);
      int[] ids =
          kind == Kind.TEXT
              ? truncation.text(text)
              : truncation.rendered(tokenizer.render(messages(sample), now));
      return new Tuple2<>("", ids);
    } catch (RequestException e) {
      return new Tuple2<>(e.getMessage(), new int[0]);
    }
  }

  private static List<Json.Obj> messages(byte[] sample) {
    try {
      return ((Json.Arr) JsonParser.parse(sample))
          .items().stream().map(Json.Obj.class::cast).toList();
    } catch (JsonSyntaxException e) {
      throw new IllegalStateException("Messages that were written here cannot be read", e);
    }
  }
}
