/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.holdenkarau.spark.testing.SharedJavaSparkContext;
import dev.sinter.data.JsonLinesSamples.Order;
import dev.sinter.data.JsonLinesSamples.Selection;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesSamplesTest extends SharedJavaSparkContext {
  @TempDir private Path temp;

  @BeforeEach
  void startSpark() {
    runBefore();
  }

  @AfterAll
  static void stopSpark() {
    SharedJavaSparkContext.runAfterClass();
  }

  private JsonLinesSamples samples(List<String> lines, Selection selection) throws IOException {
    Path file = temp.resolve("data.jsonl");
    Files.write(file, lines);
    return new JsonLinesSamples(this::jsc, file.toString(), selection);
  }

  private static List<String> numbered(int count) {
    return IntStream.range(0, count).mapToObj(i -> "{\"input_ids\": [" + i + ", 1, 2]}").toList();
  }

  private static List<Integer> firstIds(List<int[]> samples) {
    return samples.stream().map(ids -> ids[0]).toList();
  }

  @Test
  void keepsTheOrderOfTheFileWithoutShuffling() throws IOException {
    assertThat(firstIds(samples(numbered(50), new Selection(Order.FILE, 5, 100, 0)).samples()))
        .containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void choosesByContentAndSeedNotByPlace() throws IOException {
    List<String> lines = numbered(50);
    List<String> reversed = IntStream.range(0, 50).mapToObj(i -> lines.get(49 - i)).toList();
    Selection selection = new Selection(Order.SHUFFLED, 10, 100, 7);
    List<Integer> chosen = firstIds(samples(lines, selection).samples());
    assertThat(chosen).doesNotHaveDuplicates().hasSize(10);
    assertThat(firstIds(samples(reversed, selection).samples())).isEqualTo(chosen);
    Selection otherSeed = new Selection(Order.SHUFFLED, 10, 100, 8);
    assertThat(firstIds(samples(lines, otherSeed).samples())).isNotEqualTo(chosen);
  }

  @Test
  void cutsLongSamples() throws IOException {
    assertThat(samples(numbered(1), new Selection(Order.FILE, 1, 2, 0)).samples().get(0))
        .containsExactly(0, 1);
  }

  @Test
  void namesTheLineThatIsBroken() throws IOException {
    JsonLinesSamples samples =
        samples(
            List.of("{\"input_ids\": [1]}", "{\"text\": \"hello\"}"),
            new Selection(Order.FILE, 1, 9, 0));
    assertThatThrownBy(samples::samples)
        .isInstanceOf(RequestException.class)
        .hasMessageEndingWith("data.jsonl, line 2 has no list \"input_ids\"; it has [text]");
  }

  @Test
  void refusesIdsThatAreNone() throws IOException {
    JsonLinesSamples samples =
        samples(List.of("{\"input_ids\": [1, 2.5]}"), new Selection(Order.FILE, 1, 9, 0));
    assertThatThrownBy(samples::samples)
        .isInstanceOf(RequestException.class)
        .hasMessageEndingWith("line 1 input_ids[1] is no token id");
  }

  @Test
  void refusesAnEmptyFile() throws IOException {
    JsonLinesSamples samples = samples(List.of(""), new Selection(Order.FILE, 1, 9, 0));
    assertThatThrownBy(samples::samples)
        .isInstanceOf(RequestException.class)
        .hasMessageEndingWith("holds no samples");
  }

  @Test
  void refusesAFileThatIsNotThere() {
    JsonLinesSamples samples =
        new JsonLinesSamples(this::jsc, "/nowhere/data.jsonl", new Selection(Order.FILE, 1, 9, 0));
    assertThatThrownBy(samples::samples)
        .isInstanceOf(RequestException.class)
        .hasMessage("--dataset /nowhere/data.jsonl: there is no such file");
  }
}
