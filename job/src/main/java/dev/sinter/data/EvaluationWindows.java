/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.dataset.OpenDataset;
import dev.sinter.dataset.RowSource;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import dev.sinter.session.SampleSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Text to measure perplexity on: a data set's texts in their order, tokenized, joined, and cut into
 * windows that follow each other. What the last window leaves is dropped.
 */
public final class EvaluationWindows implements SampleSource {
  /** How many rows are looked at first; as many again while that is not enough. */
  private static final int FIRST_ROWS = 256;

  private static final int MOST_ROWS = 1 << 29;

  /** Where texts are joined and more would follow, the last tokens could be others. */
  private static final int MARGIN = 1024;

  private final Supplier<JavaSparkContext> spark;
  private final OpenDataset dataset;
  private final RowSource source;
  private final ContentRequest content;
  private final TokenizerSource tokenizer;
  private final Cut cut;
  private Optional<List<int[]>> windows = Optional.empty();
  private Optional<String> made = Optional.empty();

  public EvaluationWindows(
      Supplier<JavaSparkContext> spark,
      OpenDataset dataset,
      ContentRequest content,
      TokenizerSource tokenizer,
      Cut cut) {
    this.spark = spark;
    this.dataset = dataset;
    this.source = dataset.rows();
    this.content = content;
    this.tokenizer = tokenizer;
    this.cut = cut;
  }

  /**
   * How text becomes windows.
   *
   * @param count how many windows, at most
   * @param length the tokens of a window
   */
  public record Cut(int count, int length, Joining joining) {
    public Cut {
      if (count < 1 || length < 2) {
        throw new RequestException(
            "An evaluation takes at least one window of at least two tokens, not "
                + count
                + " of "
                + length);
      }
    }

    boolean takesAll() {
      return count == Integer.MAX_VALUE;
    }
  }

  /** How texts become one. */
  public enum Joining {
    /** Each is tokenized by itself, and their ids follow each other. */
    TOKENS("each text tokenized by itself, with the special tokens that its tokenizer sets"),
    /**
     * As results on WikiText are published: texts with a blank line between them, tokenized once.
     */
    BLANK_LINES(
        "all texts joined by a blank line and tokenized as one, with the special tokens that its tokenizer sets around it");

    private final String description;

    Joining(String description) {
      this.description = description;
    }
  }

  /** What is measured, in one line. */
  public String protocol() {
    return String.format(
        java.util.Locale.ROOT,
        "windows of %d tokens, %s, stride %d; every token but each window's first is predicted; %s",
        cut.length,
        cut.takesAll() ? "all" : "the first " + cut.count,
        cut.length,
        cut.joining.description);
  }

  @Override
  public Json.Obj identity() throws IOException {
    return Json.object(
        "rows", source.identity(),
        "content", content.identity(dataset),
        "tokenizer", tokenizer.identity().orElse(null),
        "windows", cut.count,
        "length", cut.length,
        "joining", cut.joining.name());
  }

  @Override
  public void check() throws IOException {
    new EarlyCheck(dataset, content, tokenizer).run();
  }

  @Override
  public OptionalInt length() {
    return OptionalInt.of(cut.length);
  }

  @Override
  public List<String> notices() {
    List<String> notices = new ArrayList<>();
    RowChoice.disorder(source).ifPresent(notices::add);
    made.ifPresent(notices::add);
    windows
        .filter(found -> found.size() < cut.count && !cut.takesAll())
        .ifPresent(
            found ->
                notices.add(
                    source.name()
                        + " makes "
                        + found.size()
                        + " windows of "
                        + cut.length
                        + " tokens; "
                        + cut.count
                        + " were asked for"));
    return notices;
  }

  @Override
  public List<int[]> samples() throws IOException {
    if (windows.isEmpty()) {
      windows = Optional.of(read());
    }
    return windows.get();
  }

  private List<int[]> read() throws IOException {
    Content taken = content.of(dataset);
    RowChoice rows = RowChoice.asTheyStand(source, taken.columns());
    long wanted = (long) cut.count * cut.length + (cut.joining == Joining.BLANK_LINES ? MARGIN : 0);
    List<RawRow> raw = List.of();
    int[] ids = {};
    for (int count = FIRST_ROWS; ids.length < wanted; count = Math.min(count, MOST_ROWS) * 2) {
      List<RawRow> more = new RawRows(source, taken).of(rows.first(count));
      if (more.size() == raw.size()) {
        break;
      }
      raw = more;
      ids = ids(raw);
    }
    if (ids.length < cut.length) {
      throw new RequestException(
          source.name()
              + " holds "
              + ids.length
              + " tokens; a window takes "
              + cut.length
              + ". Give a smaller --max-seq-length");
    }
    return Windows.of(ids, cut.length, cut.count);
  }

  private int[] ids(List<RawRow> rows) throws IOException {
    SampleEncoding encoding = SampleEncoding.whole(spark.get(), source, tokenizer);
    List<RawRow> texts = cut.joining == Joining.TOKENS ? rows : List.of(joined(rows));
    int[] ids = encoding.encode(texts).stream().flatMapToInt(Arrays::stream).toArray();
    made = encoding.notice();
    return ids;
  }

  private RawRow joined(List<RawRow> rows) {
    List<String> texts = new ArrayList<>();
    for (RawRow row : rows) {
      if (!(row.sample() instanceof RawSample.Text text)) {
        throw new RequestException(
            source.where(row.place())
                + " holds "
                + row.sample().kind()
                + "; only texts are joined by blank lines");
      }
      texts.add(text.text());
    }
    return new RawRow(rows.get(0).place(), new RawSample.Text(String.join("\n\n", texts)));
  }
}
