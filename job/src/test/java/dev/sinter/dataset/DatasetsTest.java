/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.hub.Hub;
import dev.sinter.json.JsonWriter;
import dev.sinter.problem.RequestException;
import dev.sinter.testing.spark.LocalSpark;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Encoders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What --dataset may name, read by a real Spark. */
class DatasetsTest extends LocalSpark {
  private static final List<String> THREE =
      List.of("{\"text\":\"one\"}", "{\"text\":\"two\"}", "{\"text\":\"three\"}");

  @TempDir private Path temp;

  private final List<String> told = new ArrayList<>();

  private static Hub noHub() {
    throw new IllegalStateException("No hub is asked");
  }

  private RowSource open(DatasetRequest request) throws IOException {
    return new Datasets(this::jsc, DatasetsTest::noHub, told::add).open(request).rows();
  }

  private RowSource open(String dataset) throws IOException {
    return open(DatasetRequest.of(dataset));
  }

  private RowSource open(Path path) throws IOException {
    return open(path.toString());
  }

  private RowSource split(Path path, String split) throws IOException {
    return open(
        new DatasetRequest(
            path.toString(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(Split.parse(split))));
  }

  private static List<DataRow> rows(RowSource source, Columns columns) {
    return source.rows(columns, source.parts()).map(DataRow::encoded).collect().stream()
        .map(DataRow::decode)
        .sorted(Comparator.comparing(DataRow::place))
        .toList();
  }

  /** All rows in the order of their places, as JSON. */
  private static List<String> rows(RowSource source) {
    return rows(source, new Columns.Every()).stream()
        .map(row -> row.isBroken() ? row.problem() : JsonWriter.compact(row.values()))
        .toList();
  }

  private Path write(String name, String content) throws IOException {
    Path file = temp.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.jsonl",
        "a.json",
        "a.ndjson",
        "x=1/odd [1], {2}*?\\ %20 ü#.jsonl",
        "a b/c.jsonl"
      })
  void readsJsonLines(String name) throws IOException {
    Path file = write(name, String.join("\n", THREE) + "\n\n");
    RowSource source = open(file);
    assertThat(source.columns()).containsExactly("text");
    assertThat(rows(source)).isEqualTo(THREE);
  }

  @Test
  void readsJsonDocuments() throws IOException {
    RowSource source = open(write("a.json", "\n [" + String.join(",\n", THREE) + "]"));
    assertThat(source.columns()).containsExactly("text");
    assertThat(rows(source)).isEqualTo(THREE);
  }

  @Test
  void saysWhatAFileOfJsonHolds() throws IOException {
    assertThat(rows(open(write("a.json", "{\n \"data\": []\n}"))).get(0))
        .startsWith("is not JSON: ")
        .endsWith(". A file of JSON holds an object on each line, or one array");
  }

  @Test
  void readsCompressedLines() throws IOException {
    Path file = temp.resolve("a.json.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(String.join("\r\n", THREE).getBytes(StandardCharsets.UTF_8));
    }
    assertThat(rows(open(file))).isEqualTo(THREE);
  }

  @Test
  void readsTextByLines() throws IOException {
    RowSource source = open(write("a.txt", "one\n\nGröße 🙂\n"));
    assertThat(source.columns()).containsExactly("text");
    assertThat(rows(source))
        .containsExactly("{\"text\":\"one\"}", "{\"text\":\"\"}", "{\"text\":\"Größe 🙂\"}");
  }

  @Test
  void refusesBytesThatAreNoText() throws IOException {
    Path file = temp.resolve("a.txt");
    Files.write(file, new byte[] {'a', '\n', (byte) 0xff});
    assertThat(rows(open(file))).containsExactly("{\"text\":\"a\"}", "is not UTF-8");
  }

  @Test
  void readsCsvAsItsReadersDo() throws IOException {
    RowSource source =
        open(write("a.csv", "question,answer\n\"Two, or\n\"\"three\"\"?\",3\nempty,\n"));
    assertThat(source.columns()).containsExactly("question", "answer");
    assertThat(rows(source))
        .containsExactly(
            "{\"question\":\"Two, or\\n\\\"three\\\"?\",\"answer\":\"3\"}",
            "{\"question\":\"empty\",\"answer\":\"\"}");
  }

  @Test
  void readsTabs() throws IOException {
    assertThat(rows(open(write("a.tsv", "text\tn\none, two\t1\n"))))
        .containsExactly("{\"text\":\"one, two\",\"n\":\"1\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", "orc"})
  void readsColumnsAndNestedValues(String format) throws IOException {
    List<String> nested =
        List.of(
            "{\"id\":1,\"messages\":[{\"content\":\"hi\",\"role\":\"user\",\"x\":null}],\"ids\":[1,2]}",
            "{\"id\":2,\"messages\":[{\"content\":\"a\",\"role\":\"user\",\"x\":\"y\"}],\"ids\":[]}");
    session()
        .read()
        .json(session().createDataset(nested, Encoders.STRING()))
        .select("id", "messages", "ids")
        .coalesce(1)
        .write()
        .format(format)
        .save(temp.resolve("data").toString());
    RowSource source = open(temp.resolve("data"));
    assertThat(source.columns()).containsExactly("id", "messages", "ids");
    assertThat(rows(source)).isEqualTo(nested);
    assertThat(
            rows(source, new Columns.Named(List.of("ids"), List.of("absent"))).stream()
                .map(row -> JsonWriter.compact(row.values())))
        .containsExactly("{\"ids\":[1,2]}", "{\"ids\":[]}");
    assertThat(rows(split(temp.resolve("data"), "train[1:]"))).isEqualTo(nested.subList(1, 2));
  }

  @Test
  void readsColumnsThatAreInTheNamesOfFolders() throws IOException {
    session()
        .read()
        .json(session().createDataset(List.of("{\"text\":\"a\",\"day\":\"x\"}"), Encoders.STRING()))
        .write()
        .partitionBy("day")
        .parquet(temp.resolve("data").toString());
    RowSource source = open(temp.resolve("data"));
    assertThat(source.columns()).containsExactly("text", "day");
    assertThat(rows(source, new Columns.Named(List.of("day", "text"), List.of())).get(0).values())
        .hasToString(dev.sinter.json.Json.object("day", "x", "text", "a").toString());
  }

  @Test
  void parquetTellsItsColumnsWithoutSpark() throws IOException {
    session()
        .sql(
            "SELECT 'one' AS text, array(named_struct('role', 'user', 'content', 'two')) AS messages, array(1, 2) AS input_ids, 3 AS day")
        .write()
        .partitionBy("day")
        .parquet(temp.resolve("data").toString());

    assertThat(open(temp.resolve("data")).glimpse().orElseThrow().columns())
        .containsExactly(
            Map.entry("text", Glimpse.Kind.TEXT),
            Map.entry("messages", Glimpse.Kind.OBJECTS),
            Map.entry("input_ids", Glimpse.Kind.OTHER),
            Map.entry("day", Glimpse.Kind.OTHER));
  }

  @Test
  void parquetWithoutRowsIsSeenToBeEmpty() throws IOException {
    session()
        .sql("SELECT 'one' AS text WHERE false")
        .write()
        .parquet(temp.resolve("data").toString());
    RowSource rows = open(temp.resolve("data"));

    assertThatThrownBy(rows::glimpse)
        .isInstanceOf(RequestException.class)
        .hasMessage("--dataset " + temp.resolve("data") + " holds no rows");
  }

  @Test
  void refusesParquetFilesOfWhichOneLacksTheColumn() {
    for (String text : List.of("{\"text\":\"a\",\"id\":1}", "{\"body\":\"b\",\"id\":2}")) {
      session()
          .read()
          .json(session().createDataset(List.of(text), Encoders.STRING()))
          .write()
          .mode("append")
          .parquet(temp.resolve("data").toString());
    }
    Columns text = new Columns.Named(List.of("text"), List.of());
    assertThatThrownBy(() -> rows(open(temp.resolve("data")), text))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining(".parquet has no column text, as other files do; it has [body, id]");
  }

  @Test
  void ordersRowsByPathAndPlaceHoweverFilesAreSplit() throws IOException {
    List<String> all =
        IntStream.range(0, 3000)
            .mapToObj(i -> "{\"text\":\"" + "x".repeat(i % 97) + i + "\"}")
            .toList();
    write("data/b.jsonl", String.join("\n", all.subList(1000, 2900)));
    write("data/a.jsonl", String.join("\n", all.subList(0, 1000)));
    write("data/c/a.jsonl", String.join("\n", all.subList(2900, 3000)));
    for (String bytes : List.of("4096", "50000", "134217728")) {
      session().conf().set("spark.sql.files.maxPartitionBytes", bytes);
      RowSource source = open(temp.resolve("data"));
      assertThat(rows(source)).as(bytes).isEqualTo(all);
      assertThat(rows(split(temp.resolve("data"), "train[990:1010]")))
          .as(bytes)
          .isEqualTo(all.subList(990, 1010));
    }
    session().conf().unset("spark.sql.files.maxPartitionBytes");
  }

  @Test
  void namesTheLineOfARowHoweverFilesAreSplit() throws IOException {
    List<String> lines =
        IntStream.range(0, 2000)
            .mapToObj(i -> i == 1500 ? "{" : "{\"text\":\"" + i + "\"}")
            .toList();
    RowSource source = open(write("a.jsonl", String.join("\n", lines)));
    for (String bytes : List.of("4096", "134217728")) {
      session().conf().set("spark.sql.files.maxPartitionBytes", bytes);
      DataRow broken =
          rows(source, new Columns.Every()).stream().filter(DataRow::isBroken).findFirst().get();
      assertThat(source.where(broken.place())).as(bytes).endsWith("a.jsonl, line 1501");
      assertThat(broken.problem()).startsWith("is not JSON: ");
    }
    session().conf().unset("spark.sql.files.maxPartitionBytes");
  }

  @Test
  void takesFilesOfAPattern() throws IOException {
    write("data/a-1.jsonl", THREE.get(0));
    write("data/a-2.jsonl", THREE.get(1));
    write("data/b-1.jsonl", THREE.get(2));
    assertThat(rows(open(temp.resolve("data") + "/a-*.jsonl"))).isEqualTo(THREE.subList(0, 2));
  }

  @Test
  void takesTheSplitThatIsAskedFor() throws IOException {
    write("data/train.jsonl", THREE.get(0));
    write("data/test.jsonl", THREE.get(1));
    write("data/dataset_infos.json", "{}");
    RowSource standard = open(temp.resolve("data"));
    assertThat(rows(standard)).isEqualTo(THREE.subList(0, 1));
    assertThat(told)
        .singleElement()
        .asString()
        .endsWith("data: of its splits [test, train] train is taken");
    told.clear();
    RowSource test = split(temp.resolve("data"), "test");
    assertThat(rows(test)).isEqualTo(THREE.subList(1, 2));
    assertThat(told).isEmpty();
    assertThatThrownBy(() -> split(temp.resolve("data"), "validation"))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("has no split validation; it has [test, train]. Give --splits");
  }

  @Test
  void heedsTheCardOfAFolder() throws IOException {
    write("data/x/one.jsonl", THREE.get(0));
    write("data/x/two.jsonl", THREE.get(1));
    write("data/y/three.jsonl", THREE.get(2));
    write(
        "data/README.md",
        "---\nlicense: mit\nconfigs:\n- config_name: x\n  data_files:\n  - split: train\n    path: x/*\n- config_name: y\n  data_files:\n  - split: dev\n    path: [\"**/three.jsonl\"]\n---\n# Text\n");
    String folder = temp.resolve("data").toString();
    assertThat(rows(config(folder, "x"))).isEqualTo(THREE.subList(0, 2));
    assertThat(rows(config(folder, "y"))).isEqualTo(THREE.subList(2, 3));
    assertThatThrownBy(() -> open(folder))
        .isInstanceOf(RequestException.class)
        .hasMessageEndingWith("has several configurations: [x, y]. Give --dataset-config-name");
    assertThatThrownBy(() -> config(folder, "z"))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("has no configuration z; it has [x, y]");
  }

  private RowSource config(String folder, String config) throws IOException {
    return open(
        new DatasetRequest(
            folder, Optional.empty(), Optional.of(config), Optional.empty(), Optional.empty()));
  }

  @Test
  void readsWhatThePathOfADatasetNames() throws IOException {
    Path file = write("a.data", String.join("\n", THREE));
    DatasetRequest request =
        new DatasetRequest(
            "json",
            Optional.of(file.toString()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    assertThat(rows(open(request))).isEqualTo(THREE);
    assertThatThrownBy(() -> open(file))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("a.data has none of the suffixes that are read: .parquet")
        .hasMessageEndingWith("With --dataset-path, --dataset says the format");
  }

  @Test
  void readsTablesAndQueries() throws IOException {
    session()
        .read()
        .json(session().createDataset(THREE, Encoders.STRING()))
        .createOrReplaceTempView("notes");
    RowSource table = open("notes");
    assertThat(table.order()).isEqualTo(RowSource.Order.NONE);
    assertThat(rows(table)).containsExactlyInAnyOrderElementsOf(THREE);
    RowSource query = open("SELECT upper(text) AS t FROM notes ORDER BY t DESC");
    assertThat(query.order()).isEqualTo(RowSource.Order.BY_PLACE);
    assertThat(query.columns()).containsExactly("t");
    assertThat(rows(query))
        .containsExactly("{\"t\":\"TWO\"}", "{\"t\":\"THREE\"}", "{\"t\":\"ONE\"}");
    assertThatThrownBy(() -> open("select nothing from notes").columns())
        .isInstanceOf(RequestException.class)
        .hasMessageStartingWith("--dataset select nothing from notes: ")
        .hasMessageContaining("nothing");
    assertThatThrownBy(
            () -> open("WITH a AS (SELECT 1 AS b) INSERT INTO notes SELECT b FROM a").columns())
        .isInstanceOf(RequestException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT a FROM b ORDER BY a | BY_PLACE
          select a from (select a from b order by a) | NONE
          select 'order by' from b | NONE
          select a from b -- order by a | NONE
          """)
  void seesWhetherAQueryIsOrdered(String query, RowSource.Order order) throws IOException {
    assertThat(open(query).order()).isEqualTo(order);
  }

  @Test
  void saysWhereItLooked() {
    assertThatThrownBy(() -> open("wikitex"))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("--dataset wikitex is no file or folder in ")
        .hasMessageContaining("no table that Spark knows")
        .hasMessageContaining("wikitext");
    assertThatThrownBy(() -> open("file:/nowhere/a.jsonl"))
        .isInstanceOf(RequestException.class)
        .hasMessage("--dataset file:/nowhere/a.jsonl: there is no such file or folder");
    assertThatThrownBy(() -> open("nosuch://bucket/a.jsonl"))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("no storage on the class path handles it");
    assertThatThrownBy(() -> open("flickr"))
        .isInstanceOf(RequestException.class)
        .hasMessage("The data set flickr is images; models of text are calibrated with text");
  }

  @Test
  void refusesFoldersThatHoldNoRows() throws IOException {
    write("saved/data.arrow", "x");
    write("script/script.py", "x");
    write("mixed/a.jsonl", "{}");
    write("mixed/b.parquet", "x");
    assertThatThrownBy(() -> open(temp.resolve("saved")))
        .hasMessageContaining("as Dataset.save_to_disk writes them");
    assertThatThrownBy(() -> open(temp.resolve("script")))
        .hasMessageContaining("is a script, and Sinter runs no code of data sets");
    assertThatThrownBy(() -> open(temp.resolve("mixed")))
        .hasMessageContaining("holds files of several formats: {JSON=1, PARQUET=1}");
    assertThatThrownBy(() -> open(write("_hidden.jsonl", "{}")))
        .hasMessageContaining("Spark passes over names that begin with a dot or an underscore");
    assertThatThrownBy(() -> open(write("a[1].csv", "text\none\n")))
        .hasMessageContaining("Spark cannot read CSV from a path with any of , * ? { } [ ] \\;");
    RowSource empty = open(write("empty.jsonl", ""));
    assertThatThrownBy(empty::columns).hasMessageEndingWith("empty.jsonl holds no rows");
  }

  @Test
  void namesAFileThatCannotBeRead() throws IOException {
    write("data/a.parquet", "this is no parquet");
    RowSource source = open(temp.resolve("data"));
    assertThatThrownBy(source::columns)
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("data/a.parquet");
    RowSource torn = open(write("a.csv", "a,b\n1,2\n1,2,3\n"));
    assertThatThrownBy(() -> Reading.of(torn.name(), () -> rows(torn)))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("a.csv");
    write("csv/a.csv", "a,b\n1,2\n");
    write("csv/b.csv", "a,c\n1,2\n");
    RowSource differing = open(temp.resolve("csv"));
    assertThatThrownBy(() -> Reading.of(differing.name(), () -> rows(differing)))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("b.csv");
  }
}
