/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.dataset.OpenDataset;
import dev.sinter.dataset.RowSource;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import dev.sinter.session.SampleSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The calibration set: rows of a data set, chosen, tokenized and cut. Rows without any text are
 * passed over, which is said.
 */
public final class CalibrationSamples implements SampleSource {
  private final Supplier<JavaSparkContext> spark;
  private final OpenDataset dataset;
  private final ContentRequest content;
  private final TokenizerSource tokenizer;
  private final Sampling sampling;
  private final Collation collation;
  private final List<String> notices = new ArrayList<>();
  private long rowsRead;
  private Optional<List<int[]>> samples = Optional.empty();

  public CalibrationSamples(
      Supplier<JavaSparkContext> spark,
      OpenDataset dataset,
      ContentRequest content,
      TokenizerSource tokenizer,
      Sampling sampling,
      Collation collation) {
    this.spark = spark;
    this.dataset = dataset;
    this.content = content;
    this.tokenizer = tokenizer;
    this.sampling = sampling;
    this.collation = collation;
  }

  @Override
  public Json.Obj identity() throws IOException {
    Json.Obj identity =
        Json.object(
            "rows", dataset.rows().identity(),
            "content", content.identity(dataset),
            "tokenizer", tokenizer.identity().orElse(null),
            "order", sampling.order().name(),
            "count", sampling.count(),
            "max_length", sampling.maxLength().orElse(null),
            "seed", sampling.order() == Sampling.Order.SHUFFLED ? sampling.seed() : null,
            "packing", sampling.packing().name(),
            "collator", collation.identity());
    // Of rows that change without a sign, only what was read tells them from others.
    return dataset.rows().changes() == RowSource.Changes.TOLD
        ? identity
        : identity.with("token_ids", Json.of(hash(samples())));
  }

  private static String hash(List<int[]> samples) {
    MessageDigest sha256 = TensorWriter.sha256();
    for (int[] ids : samples) {
      ByteBuffer bytes = ByteBuffer.allocate((1 + ids.length) * Integer.BYTES).putInt(ids.length);
      Arrays.stream(ids).forEach(bytes::putInt);
      sha256.update(bytes.flip());
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  @Override
  public void check() throws IOException {
    new EarlyCheck(dataset, content, tokenizer).run();
  }

  @Override
  public OptionalInt length() {
    return sampling.packing() == Sampling.Packing.BLOCKS
        ? OptionalInt.of(sampling.maxLength().orElseThrow())
        : OptionalInt.empty();
  }

  @Override
  public long rowsRead() throws IOException {
    samples();
    return rowsRead;
  }

  @Override
  public List<String> notices() {
    return List.copyOf(notices);
  }

  @Override
  public List<int[]> samples() throws IOException {
    if (samples.isEmpty()) {
      samples = Optional.of(collation.of(read()));
    }
    return samples.get();
  }

  private List<int[]> read() throws IOException {
    RowSource rows = dataset.rows();
    SampleReader reader =
        new SampleReader(spark.get(), rows, content.of(dataset), tokenizer, sampling);
    List<int[]> found = reader.read();
    rowsRead = reader.seen();
    if (found.isEmpty()) {
      throw new RequestException(rows.name() + " " + reader.nothing());
    }
    if (sampling.order() == Sampling.Order.FILE) {
      RowChoice.disorder(rows).ifPresent(notices::add);
    }
    if (reader.empty() > 0) {
      notices.add(rows.name() + ": " + reader.empty() + " rows without text were passed over");
    }
    if (found.size() < sampling.count()) {
      notices.add(
          rows.name()
              + " makes "
              + found.size()
              + " samples; "
              + sampling.count()
              + " were asked for");
    }
    reader.notice().ifPresent(notices::add);
    sampling.maxLength().ifPresent(asked -> compare(asked, reader.limit()));
    return found;
  }

  private void compare(int asked, int limit) {
    if (limit < asked) {
      notices.add(
          "--max-seq-length "
              + asked
              + " is more than the tokenizer's model_max_length: samples are cut at "
              + limit);
    }
  }
}
