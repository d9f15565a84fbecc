/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.dataset.RowSource;
import dev.sinter.engine.Wire;
import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/** Makes token ids of samples of one kind: texts and chats are tokenized by executors. */
record SampleEncoding(
    JavaSparkContext spark, RowSource source, TokenizerSource tokenizer, int maxLength) {
  /** Few enough to spread, many enough that a task's start does not count. */
  private static final int SAMPLES_OF_A_TASK = 16;

  /** The ids of each, in their order; none where there is nothing. */
  List<int[]> encode(List<RawRow> rows) throws IOException {
    List<RawRow> open =
        rows.stream()
            .filter(
                row ->
                    row.sample() instanceof RawSample.Text
                        || row.sample() instanceof RawSample.Chat)
            .toList();
    List<int[]> tokenized = open.isEmpty() ? List.of() : tokenize(open);
    List<int[]> encoded = new ArrayList<>();
    int next = 0;
    for (RawRow row : rows) {
      if (row.sample() instanceof RawSample.Ids ids) {
        encoded.add(ids.ids().stream().limit(maxLength).mapToInt(Integer::intValue).toArray());
      } else {
        encoded.add(row.sample() instanceof RawSample.Nothing ? new int[0] : tokenized.get(next++));
      }
    }
    return encoded;
  }

  private List<int[]> tokenize(List<RawRow> rows) throws IOException {
    TokenizerFiles files = tokenizer.files();
    Broadcast<byte[]> sent = spark.broadcast(Wire.encode(files));
    try {
      boolean chats = rows.get(0).sample() instanceof RawSample.Chat;
      EncodeTask task =
          new EncodeTask(
              sent,
              files.fingerprint(),
              chats ? EncodeTask.Kind.CHAT : EncodeTask.Kind.TEXT,
              maxLength);
      List<byte[]> work = rows.stream().map(row -> bytes(row.sample())).toList();
      int tasks = (work.size() + SAMPLES_OF_A_TASK - 1) / SAMPLES_OF_A_TASK;
      List<Tuple2<String, int[]>> done =
          spark.parallelize(work, tasks).mapPartitions(task).collect();
      for (int i = 0; i < done.size(); i++) {
        if (!done.get(i)._1().isEmpty()) {
          throw new RequestException(source.where(rows.get(i).place()) + ": " + done.get(i)._1());
        }
      }
      return done.stream().map(Tuple2::_2).toList();
    } finally {
      sent.destroy();
    }
  }

  private static byte[] bytes(RawSample sample) {
    String text =
        sample instanceof RawSample.Chat chat
            ? JsonWriter.compact(Json.of(chat.messages()))
            : ((RawSample.Text) sample).text();
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
