/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.FileStores;
import dev.sinter.data.EvaluationWindows.Cut;
import dev.sinter.data.EvaluationWindows.Joining;
import dev.sinter.dataset.DatasetRequest;
import dev.sinter.dataset.Datasets;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import dev.sinter.testing.TestData;
import dev.sinter.testing.spark.LocalSpark;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Expected windows are those of Transformers (windows.py). */
class EvaluationWindowsTest extends LocalSpark {
  @TempDir private Path temp;

  private static Path resource(String name) {
    try {
      return Path.of(EvaluationWindowsTest.class.getResource("/data/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private EvaluationWindows windows(Path file, Cut cut) throws IOException {
    return new EvaluationWindows(
        this::jsc,
        new Datasets(this::jsc, EvaluationWindowsTest::noHub, told -> {})
            .open(DatasetRequest.of(file.toString())),
        new ContentRequest(Optional.empty(), Optional.empty()),
        new TokenizerSource(FileStores.at(TestData.tinyLlamaBf16().toString())),
        cut);
  }

  private static dev.sinter.hub.Hub noHub() {
    throw new IllegalStateException("No hub is asked");
  }

  private static List<List<Integer>> lists(List<int[]> windows) {
    return windows.stream().map(ids -> java.util.Arrays.stream(ids).boxed().toList()).toList();
  }

  private static List<List<Integer>> expected(Joining joining) {
    Json.Arr all = (Json.Arr) TestData.json(resource("windows.json")).members().get(joining.name());
    return all.items().stream()
        .map(
            window ->
                ((Json.Arr) window)
                    .items().stream().map(id -> (int) ((Json.Num) id).asLong()).toList())
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void cutsTheWindowsThatTransformersCuts(Joining joining) throws IOException {
    EvaluationWindows windows = windows(resource("texts.jsonl"), new Cut(12, 64, joining));
    assertThat(lists(windows.samples())).isEqualTo(expected(joining));
    assertThat(windows.notices()).isEmpty();
  }

  @Test
  void saysWhenThereAreFewerWindowsThanAskedFor() throws IOException {
    EvaluationWindows windows =
        windows(resource("texts.jsonl"), new Cut(1000, 1024, Joining.TOKENS));
    assertThat(windows.samples()).hasSize(3187 / 1024);
    assertThat(windows.notices())
        .singleElement()
        .asString()
        .endsWith("texts.jsonl makes 3 windows of 1024 tokens; 1000 were asked for");
  }

  @Test
  void refusesTextThatFillsNoWindow() throws IOException {
    EvaluationWindows windows = windows(resource("texts.jsonl"), new Cut(1, 4000, Joining.TOKENS));
    assertThatThrownBy(windows::samples)
        .isInstanceOf(RequestException.class)
        .hasMessageEndingWith(
            "holds 3187 tokens; a window takes 4000. Give a smaller --max-seq-length");
  }

  @Test
  void joinsTextsOnly() throws IOException {
    Path file = temp.resolve("ids.jsonl");
    Files.writeString(file, "{\"input_ids\": [1, 2, 3, 4]}\n");
    assertThat(lists(windows(file, new Cut(5, 2, Joining.TOKENS)).samples()))
        .containsExactly(List.of(1, 2), List.of(3, 4));
    EvaluationWindows joined = windows(file, new Cut(5, 2, Joining.BLANK_LINES));
    assertThatThrownBy(joined::samples)
        .isInstanceOf(RequestException.class)
        .hasMessageEndingWith("line 1 holds token ids; only texts are joined by blank lines");
  }

  @Test
  void readsMoreRowsUntilTheWindowsAreFull() throws IOException {
    Path file = temp.resolve("short.jsonl");
    Files.write(
        file,
        java.util.stream.IntStream.range(0, 1500)
            .mapToObj(i -> "{\"input_ids\": [" + i + "]}")
            .toList());
    List<int[]> windows = windows(file, new Cut(11, 100, Joining.TOKENS)).samples();
    assertThat(windows).hasSize(11);
    assertThat(windows.get(10)[99]).isEqualTo(1099);
  }

  @Test
  void takesAllWindowsUnlessToldHowMany() throws IOException {
    EvaluationWindows windows =
        windows(resource("texts.jsonl"), new Cut(Integer.MAX_VALUE, 100, Joining.TOKENS));
    assertThat(windows.samples()).hasSize(31);
    assertThat(windows.notices()).isEmpty();
    assertThat(windows.protocol()).startsWith("windows of 100 tokens, all, stride 100;");
  }

  @Test
  void saysItsProtocol() throws IOException {
    assertThat(windows(resource("texts.jsonl"), new Cut(40, 256, Joining.TOKENS)).protocol())
        .isEqualTo(
            "windows of 256 tokens, the first 40, stride 256; every token but each window's first is predicted;"
                + " each text tokenized by itself, with the special tokens that its tokenizer sets");
  }
}
