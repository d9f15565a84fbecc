/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.FileStores;
import dev.sinter.data.Collation.Collator;
import dev.sinter.data.Sampling.Order;
import dev.sinter.data.Sampling.Packing;
import dev.sinter.dataset.DatasetRequest;
import dev.sinter.dataset.Datasets;
import dev.sinter.hub.Hub;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import dev.sinter.testing.TestData;
import dev.sinter.testing.spark.LocalSpark;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.sql.Encoders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which samples are taken of a data set, and what becomes of them. */
class CalibrationSamplesTest extends LocalSpark {
  private static final Collation NONE = new Collation(Collator.NONE, 8, 16);
  private static final ContentRequest ANY = new ContentRequest(Optional.empty(), Optional.empty());

  @TempDir private Path temp;

  private static Hub noHub() {
    throw new IllegalStateException("No hub is asked");
  }

  private CalibrationSamples samples(
      String dataset, ContentRequest content, Sampling sampling, Collation collation)
      throws IOException {
    return samples(dataset, content, sampling, collation, TestData.tinyLlamaBf16());
  }

  private CalibrationSamples samples(
      String dataset,
      ContentRequest content,
      Sampling sampling,
      Collation collation,
      Path tokenizer)
      throws IOException {
    return new CalibrationSamples(
        this::jsc,
        new Datasets(this::jsc, CalibrationSamplesTest::noHub, told -> {})
            .open(DatasetRequest.of(dataset)),
        content,
        new TokenizerSource(FileStores.at(tokenizer.toString())),
        sampling,
        collation);
  }

  private CalibrationSamples samples(List<String> lines, Sampling sampling) throws IOException {
    return samples(write("data.jsonl", lines), ANY, sampling, NONE);
  }

  private String write(String name, List<String> lines) throws IOException {
    Path file = temp.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, lines).toString();
  }

  private static Sampling first(int count) {
    return new Sampling(Order.FILE, count, Optional.empty(), 0, Packing.ROWS);
  }

  private static Sampling first(int count, int length) {
    return new Sampling(Order.FILE, count, Optional.of(length), 0, Packing.ROWS);
  }

  private static Sampling drawn(int count, long seed) {
    return new Sampling(Order.SHUFFLED, count, Optional.empty(), seed, Packing.ROWS);
  }

  private static List<String> numbered(int count) {
    return IntStream.range(0, count).mapToObj(i -> "{\"input_ids\": [" + i + ", 1, 2]}").toList();
  }

  private static List<Integer> firstIds(List<int[]> samples) {
    return samples.stream().map(ids -> ids[0]).toList();
  }

  private static List<List<Integer>> lists(List<int[]> samples) {
    return samples.stream().map(ids -> Arrays.stream(ids).boxed().toList()).toList();
  }

  @Test
  void keepsTheOrderOfTheFileWithoutShuffling() throws IOException {
    assertThat(firstIds(samples(numbered(50), first(5)).samples())).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void choosesByContentAndSeedNotByPlace() throws IOException {
    List<String> lines = numbered(50);
    List<String> reversed = IntStream.range(0, 50).mapToObj(i -> lines.get(49 - i)).toList();
    List<Integer> chosen = firstIds(samples(lines, drawn(10, 7)).samples());
    assertThat(chosen).doesNotHaveDuplicates().hasSize(10);
    assertThat(firstIds(samples(reversed, drawn(10, 7)).samples())).isEqualTo(chosen);
    assertThat(firstIds(samples(lines, drawn(10, 8)).samples())).isNotEqualTo(chosen);
  }

  @Test
  void choosesTheSameHoweverRowsAreSpread() throws IOException {
    List<String> lines = new ArrayList<>(numbered(400));
    lines.addAll(numbered(40));
    String whole = write("whole/data.jsonl", lines);
    List<List<Integer>> chosen = lists(samples(whole, ANY, drawn(60, 3), NONE).samples());
    for (int round = 0; round < 2; round++) {
      session()
          .conf()
          .set("spark.sql.files.maxPartitionBytes", String.valueOf(2000 << (3 * round)));
      assertThat(lists(samples(whole, ANY, drawn(60, 3), NONE).samples())).isEqualTo(chosen);
      Collections.shuffle(lines, new Random(round));
      String folder = temp.resolve("round-" + round).toString();
      for (int start = 0; start < lines.size(); start += 110) {
        write("round-" + round + "/" + start + ".jsonl", lines.subList(start, start + 110));
      }
      assertThat(lists(samples(folder, ANY, drawn(60, 3), NONE).samples())).isEqualTo(chosen);
      String parquet = temp.resolve("parquet-" + round).toString();
      session().read().json(folder).repartition(1 + round).write().parquet(parquet);
      assertThat(lists(samples(parquet, ANY, drawn(60, 3), NONE).samples())).isEqualTo(chosen);
    }
    session().conf().unset("spark.sql.files.maxPartitionBytes");
    session().createDataset(lines, Encoders.STRING()).createOrReplaceTempView("lines");
    String query =
        "SELECT from_json(value, 'input_ids array<int>').input_ids AS input_ids FROM lines";
    assertThat(lists(samples(query, ANY, drawn(60, 3), NONE).samples())).isEqualTo(chosen);
  }

  @Test
  void cutsLongSamples() throws IOException {
    assertThat(samples(numbered(1), first(1, 2)).samples().get(0)).containsExactly(0, 1);
  }

  @Test
  void namesTheLineThatIsBroken() throws IOException {
    CalibrationSamples samples =
        samples(List.of("{\"input_ids\": [1]}", "{\"text\": \"hello\"}"), first(1));
    assertThatThrownBy(samples::samples)
        .isInstanceOf(RequestException.class)
        .hasMessageEndingWith("data.jsonl, line 2 has no \"input_ids\"; it has [text]");
  }

  @Test
  void refusesIdsThatAreNone() throws IOException {
    CalibrationSamples samples = samples(List.of("{\"input_ids\": [1, 2.5]}"), first(1));
    assertThatThrownBy(samples::samples)
        .isInstanceOf(RequestException.class)
        .hasMessageEndingWith("line 1 input_ids[1] is no token id");
  }

  @Test
  void leavesPadsOut() throws IOException {
    List<String> lines =
        List.of(
            "{\"input_ids\": [0, 0, 7, 8], \"attention_mask\": [0, 0, 1, 1]}",
            "{\"input_ids\": [5, 6, 0], \"attention_mask\": [1, 1, 0]}");
    assertThat(lists(samples(lines, first(2)).samples()))
        .containsExactly(List.of(7, 8), List.of(5, 6));
    CalibrationSamples torn =
        samples(List.of("{\"input_ids\": [5], \"attention_mask\": [1, 1]}"), first(1));
    assertThatThrownBy(torn::samples)
        .hasMessageEndingWith(
            "line 1 attention_mask is no list of as many marks as there are token ids");
  }

  @Test
  void refusesRowsOfSeveralKinds() throws IOException {
    CalibrationSamples samples = samples(List.of("{\"text\": \"a\"}", "{\"text\": [1]}"), first(2));
    assertThatThrownBy(samples::samples)
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("line 2 holds token ids; ")
        .hasMessageEndingWith("line 1 holds a text. All rows must be of one kind");
  }

  @Test
  void refusesWhatHoldsNoSamples() throws IOException {
    CalibrationSamples samples = samples(List.of(""), first(1));
    assertThatThrownBy(samples::samples)
        .isInstanceOf(RequestException.class)
        .hasMessageEndingWith("holds no rows");
    CalibrationSamples blank = samples(List.of("{\"text\": \" \"}", "{\"text\": null}"), first(1));
    assertThatThrownBy(blank::samples)
        .isInstanceOf(RequestException.class)
        .hasMessageEndingWith("holds no samples: all of its 2 rows are without text");
  }

  @Test
  void namesTheColumnsThatThereAre() throws IOException {
    CalibrationSamples none = samples(List.of("{\"body\": \"x\", \"id\": 1}"), first(1));
    assertThatThrownBy(none::samples)
        .isInstanceOf(RequestException.class)
        .hasMessageEndingWith(
            "has no column input_ids, text, messages, conversations; it has [body, id]."
                + " Give --text-column, or --preprocessing to make a text of several");
    String file = write("data.jsonl", List.of("{\"body\": \"x\"}"));
    CalibrationSamples misspelled =
        samples(file, new ContentRequest(Optional.of("bodi"), Optional.empty()), first(1), NONE);
    assertThatThrownBy(misspelled::samples)
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("has no column bodi; it has [body].")
        .hasMessageContaining("body");
    Content template = Preprocessings.parse("{body} {title}");
    CalibrationSamples lacking =
        samples(file, new ContentRequest(Optional.empty(), Optional.of(template)), first(1), NONE);
    assertThatThrownBy(lacking::samples)
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("data.jsonl has no column title; it has [body].");
  }

  @Test
  void tokenizesTextsAndPassesOverEmptyOnes() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      lines.add("{\"text\": \"" + (i % 2 == 0 ? "" : "word " + i) + "\"}");
    }
    CalibrationSamples samples = samples(lines, first(20));
    List<int[]> found = samples.samples();
    try (Tokenizer tokenizer =
        Tokenizer.open(TokenizerFiles.read(FileStores.at(TestData.tinyLlamaBf16().toString())))) {
      assertThat(found).hasSize(20);
      for (int i = 0; i < 20; i++) {
        assertThat(found.get(i)).isEqualTo(tokenizer.encode("word " + (2 * i + 1)));
      }
    }
    assertThat(samples.notices())
        .singleElement()
        .asString()
        .endsWith("data.jsonl: 20 rows without text were passed over");
    CalibrationSamples all = samples(lines, first(31));
    assertThat(all.samples()).hasSize(30);
    assertThat(all.notices())
        .satisfiesExactly(
            text -> assertThat(text).endsWith("30 rows without text were passed over"),
            text -> assertThat(text).endsWith("makes 30 samples; 31 were asked for"));
  }

  private static Path resource(String name) {
    try {
      return Path.of(CalibrationSamplesTest.class.getResource("/data/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The demo's tokenizer with a chat template. */
  private Path chatting() throws IOException {
    Path folder = Files.createDirectories(temp.resolve("chatting"));
    for (String name : List.of("tokenizer.json", "tokenizer_config.json")) {
      Files.copy(TestData.tinyLlamaBf16().resolve(name), folder.resolve(name));
    }
    Files.copy(resource("chats.jinja"), folder.resolve("chat_template.jinja"));
    return folder;
  }

  @Test
  void rendersChatsAsTransformers() throws IOException {
    String chats = resource("chats.jsonl").toString();
    Json.Arr expected = (Json.Arr) TestData.json(resource("chats.json")).members().get("ids");
    CalibrationSamples samples = samples(chats, ANY, first(3), NONE, chatting());
    assertThat(Json.of(lists(samples.samples()))).isEqualTo(expected);
  }

  private CalibrationSamples dated(String data, StartTime start) throws IOException {
    Path folder = temp.resolve("dated");
    if (!Files.exists(folder)) {
      Files.move(chatting(), folder);
      Files.writeString(
          folder.resolve("chat_template.jinja"),
          "{{ strftime_now('%Y-%m-%d') }}{{ messages[0].content }}");
    }
    return new CalibrationSamples(
        this::jsc,
        new Datasets(this::jsc, CalibrationSamplesTest::noHub, told -> {})
            .open(DatasetRequest.of(data)),
        ANY,
        new TokenizerSource(FileStores.at(folder.toString()), start),
        first(1),
        NONE);
  }

  @Test
  void aTemplateThatWritesTheDayIsToldTheRunsAndThatIsSaid() throws IOException {
    String chat =
        write("chat.jsonl", List.of("{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]}"));
    LocalDateTime day = LocalDateTime.of(2026, 3, 4, 5, 6);
    CalibrationSamples first = dated(chat, new StartTime(day, StartTime.Source.CLOCK));
    CalibrationSamples next = dated(chat, new StartTime(day.plusDays(1), StartTime.Source.CLOCK));

    assertThat(lists(first.samples())).isNotEqualTo(lists(next.samples()));
    assertThat(first.notices())
        .containsExactly(
            "The chat template of "
                + temp.resolve("dated")
                + " may write the date, which in these samples is 2026-03-04; begun on another day, a run gives other bytes. SOURCE_DATE_EPOCH says a time, in seconds since 1970");
    assertThat(first.identity()).isEqualTo(next.identity());

    CalibrationSamples said = dated(chat, new StartTime(day, StartTime.Source.REQUEST));
    assertThat(lists(said.samples())).isEqualTo(lists(first.samples()));
    assertThat(said.notices()).isEmpty();
    assertThat(said.identity())
        .isNotEqualTo(
            dated(chat, new StartTime(day.plusDays(1), StartTime.Source.REQUEST)).identity());
    CalibrationSamples texts =
        dated(
            write("text.jsonl", List.of("{\"text\": \"hi\"}")),
            new StartTime(day, StartTime.Source.CLOCK));
    assertThat(texts.samples()).hasSize(1);
    assertThat(texts.notices()).isEmpty();
  }

  @Test
  void isKnownByWhatDecidesItsSamplesAlone() throws IOException {
    String file = write("data.jsonl", numbered(3));
    Sampling otherSeed = new Sampling(Order.FILE, 3, Optional.empty(), 7, Packing.ROWS);
    Collation padding = new Collation(Collator.PADDING, 8, 16);
    Collation truncation = new Collation(Collator.TRUNCATION, 8, 16);
    Json.Obj identity = samples(file, ANY, first(3), NONE).identity();

    assertThat(samples(file, ANY, otherSeed, padding).identity()).isEqualTo(identity);
    assertThat(samples(file, ANY, first(3), truncation).identity()).isNotEqualTo(identity);
    assertThat(samples(file, ANY, drawn(3, 1), NONE).identity())
        .isNotEqualTo(samples(file, ANY, drawn(3, 2), NONE).identity());
  }

  @Test
  void aChatNeedsATemplateThatTakesIt() throws IOException {
    String chats = resource("chats.jsonl").toString();
    CalibrationSamples none = samples(chats, ANY, first(1), NONE);
    assertThatThrownBy(none::samples)
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("chats.jsonl, line 1: ")
        .hasMessageContaining("chat template");
    String tool =
        write("tool.jsonl", List.of("{\"messages\": [{\"role\": \"tool\", \"content\": \"x\"}]}"));
    CalibrationSamples refused = samples(tool, ANY, first(1), NONE, chatting());
    assertThatThrownBy(refused::samples)
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("tool.jsonl, line 1: ")
        .hasMessageContaining("no role tool");
  }

  @Test
  void cutsTextsWhereTheTokenizerSaysThatTheModelEnds() throws IOException {
    String text = "word ".repeat(3000);
    String file = write("long.jsonl", List.of("{\"text\": \"" + text + "\"}"));
    CalibrationSamples samples = samples(file, ANY, first(1, 9999), NONE);
    assertThat(samples.samples().get(0)).hasSize(2048);
    assertThat(samples.notices())
        .containsExactly(
            "--max-seq-length 9999 is more than the tokenizer's model_max_length: samples are cut at 2048");
    assertThat(samples(file, ANY, first(1), NONE).samples().get(0)).hasSize(2048);
    CalibrationSamples half = samples(List.of("{\"text\": \"\\ud83d\"}"), first(1));
    assertThatThrownBy(half::samples)
        .isInstanceOf(RequestException.class)
        .hasMessageEndingWith("line 1 holds half a character");
  }

  @Test
  void makesBlocksWhereverRowsEnd() throws IOException {
    List<String> lines =
        IntStream.range(0, 10)
            .mapToObj(i -> "{\"input_ids\": [" + 2 * i + "," + (2 * i + 1) + "]}")
            .toList();
    Sampling blocks = new Sampling(Order.FILE, 2, Optional.of(3), 0, Packing.BLOCKS);
    assertThat(lists(samples(lines, blocks).samples()))
        .containsExactly(List.of(0, 1, 2), List.of(3, 4, 5));
    Sampling more = new Sampling(Order.FILE, 9, Optional.of(3), 0, Packing.BLOCKS);
    CalibrationSamples all = samples(lines, more);
    assertThat(all.samples()).hasSize(6);
    assertThat(all.notices())
        .singleElement()
        .asString()
        .endsWith("makes 6 samples; 9 were asked for");
    Sampling long_ = new Sampling(Order.FILE, 1, Optional.of(21), 0, Packing.BLOCKS);
    CalibrationSamples none = samples(lines, long_);
    assertThatThrownBy(none::samples)
        .isInstanceOf(RequestException.class)
        .hasMessageEndingWith("does not fill one sample of --max-seq-length 21");
  }

  @Test
  void cutsEachMicroBatchToItsShortest() throws IOException {
    List<String> lines =
        IntStream.range(0, 10)
            .mapToObj(
                i ->
                    "{\"input_ids\": "
                        + IntStream.range(0, 1 + (7 * i) % 10).boxed().toList()
                        + "}")
            .toList();
    String file = write("data.jsonl", lines);
    List<Integer> lengths = IntStream.range(0, 10).map(i -> 1 + (7 * i) % 10).boxed().toList();
    assertThat(samples(file, ANY, first(10), NONE).samples().stream().map(ids -> ids.length))
        .isEqualTo(lengths);
    // Two slices of five; micro-batches of two, the last of one.
    Collation truncation = new Collation(Collator.TRUNCATION, 2, 2);
    assertThat(samples(file, ANY, first(10), truncation).samples().stream().map(ids -> ids.length))
        .containsExactly(1, 1, 2, 2, 9, 3, 3, 7, 7, 4);
  }

  @Test
  void isKnownByWhatItReadsOfATable() throws IOException {
    session().createDataset(numbered(3), Encoders.STRING()).createOrReplaceTempView("ids");
    String query =
        "SELECT from_json(value, 'input_ids array<int>').input_ids AS input_ids FROM ids";
    var before = samples(query, ANY, drawn(3, 1), NONE).identity();
    assertThat(samples(query, ANY, drawn(3, 1), NONE).identity()).isEqualTo(before);
    session().createDataset(numbered(4), Encoders.STRING()).createOrReplaceTempView("ids");
    assertThat(samples(query, ANY, drawn(3, 1), NONE).identity()).isNotEqualTo(before);
    CalibrationSamples unordered = samples(query, ANY, first(4), NONE);
    assertThat(unordered.samples()).hasSize(4);
    assertThat(unordered.notices()).singleElement().asString().contains("has no order");
  }
}
