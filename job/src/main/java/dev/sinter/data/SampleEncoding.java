/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.dataset.RowSource;
import dev.sinter.engine.Wire;
import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/** Makes token ids of samples of one kind: texts and chats are tokenized by executors. */
final class SampleEncoding {
  /** Few enough to spread, many enough that a task's start does not count. */
  private static final int SAMPLES_OF_A_TASK = 16;

  private final JavaSparkContext spark;
  private final RowSource source;
  private final TokenizerSource tokenizer;
  private final int maxLength;
  private final TextEnd textEnd;
  private int limit;
  private Optional<String> notice = Optional.empty();

  private SampleEncoding(
      JavaSparkContext spark,
      RowSource source,
      TokenizerSource tokenizer,
      int maxLength,
      TextEnd textEnd) {
    this.spark = spark;
    this.source = source;
    this.tokenizer = tokenizer;
    this.maxLength = maxLength;
    this.textEnd = textEnd;
    this.limit = maxLength;
  }

  /** Whether texts end where the tokenizer says that the model does. */
  private enum TextEnd {
    OF_MODEL,
    ITS_OWN
  }

  /** Nothing is cut. */
  static SampleEncoding whole(JavaSparkContext spark, RowSource source, TokenizerSource tokenizer) {
    return new SampleEncoding(spark, source, tokenizer, Integer.MAX_VALUE, TextEnd.ITS_OWN);
  }

  /** Samples are cut where it is asked for, and texts never behind the model's end. */
  static SampleEncoding cut(
      JavaSparkContext spark,
      RowSource source,
      TokenizerSource tokenizer,
      Optional<Integer> maxLength) {
    int length = maxLength.orElse(Integer.MAX_VALUE);
    return new SampleEncoding(spark, source, tokenizer, length, TextEnd.OF_MODEL);
  }

  /** Where samples were cut. */
  int limit() {
    return limit;
  }

  /** What a person should know of how samples were made. */
  Optional<String> notice() {
    return notice;
  }

  /** The ids of each, in their order; none where there is nothing. */
  List<int[]> encode(List<RawRow> rows) throws IOException {
    List<RawRow> open = rows.stream().filter(SampleEncoding::isTokenized).toList();
    List<int[]> tokenized = open.isEmpty() ? List.of() : tokenize(open);
    List<int[]> encoded = new ArrayList<>();
    int next = 0;
    for (RawRow row : rows) {
      if (isTokenized(row)) {
        encoded.add(tokenized.get(next++));
      } else if (row.sample() instanceof RawSample.Ids ids) {
        encoded.add(ids.ids().stream().limit(maxLength).mapToInt(Integer::intValue).toArray());
      } else {
        encoded.add(new int[0]);
      }
    }
    return encoded;
  }

  private static boolean isTokenized(RawRow row) {
    return row.sample() instanceof RawSample.Text || row.sample() instanceof RawSample.Chat;
  }

  private List<int[]> tokenize(List<RawRow> rows) throws IOException {
    TokenizerFiles files = tokenizer.files();
    if (textEnd == TextEnd.OF_MODEL) {
      limit = Math.min(maxLength, tokenizer.modelMaxLength().orElse(Integer.MAX_VALUE));
    }
    boolean chats = rows.get(0).sample() instanceof RawSample.Chat;
    if (chats) {
      notice = tokenizer.timeNotice();
    }
    EncodeTask.Kind kind = chats ? EncodeTask.Kind.CHAT : EncodeTask.Kind.TEXT;
    List<byte[]> work = rows.stream().map(this::bytes).toList();
    int tasks = (work.size() + SAMPLES_OF_A_TASK - 1) / SAMPLES_OF_A_TASK;
    Broadcast<byte[]> sent = spark.broadcast(Wire.encode(files));
    try {
      EncodeTask task = new EncodeTask(sent, files.fingerprint(), kind, tokenizer.now(), limit);
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

  private byte[] bytes(RawRow row) {
    String text =
        row.sample() instanceof RawSample.Chat chat
            ? JsonWriter.compact(Json.of(chat.messages()))
            : ((RawSample.Text) row.sample()).text();
    try {
      ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[utf8.remaining()];
      utf8.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new RequestException(source.where(row.place()) + " holds half a character", e);
    }
  }
}
