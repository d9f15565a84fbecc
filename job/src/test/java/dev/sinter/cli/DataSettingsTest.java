/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.dataset.DatasetRequest;
import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.json.JsonSyntaxException;
import dev.sinter.problem.RequestException;
import dev.sinter.testing.TestData;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What flags and a recipe's section say of data together. */
class DataSettingsTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private Json.Obj merged(Map<String, Object> flags, String section) {
    try {
      Json.Obj recipes = JsonParser.parseObject(section.getBytes(StandardCharsets.UTF_8));
      return new DataSettings(new PrintStream(err, true, StandardCharsets.UTF_8))
          .merged(flags, recipes);
    } catch (JsonSyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private String told() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void whatARecipeSaysOfItsSetDoesNotHoldForAnother() {
    Json.Obj merged =
        merged(
            Map.of("dataset", "mine.jsonl", "seed", 3),
            "{\"dataset\": \"c4\", \"splits\": \"validation\", \"text_column\": \"t\", \"batch_size\": 2}");

    assertThat(merged).isEqualTo(Json.object("dataset", "mine.jsonl", "batch_size", 2, "seed", 3));
    assertThat(told())
        .contains(
            "sinter: the recipe's dataset has splits: validation, which is about the data set that it"
                + " names itself; it is not looked at\n")
        .contains("has text_column: t, ")
        .contains("sinter: the recipe's dataset has dataset: c4; --dataset mine.jsonl is taken\n");
  }

  @Test
  void aFlagAddsToWhatTheRecipeSaysOfTheSameSet() {
    assertThat(merged(Map.of("splits", "test"), "{\"dataset\": \"c4\", \"text_column\": \"t\"}"))
        .isEqualTo(Json.object("dataset", "c4", "text_column", "t", "splits", "test"));
    assertThat(told()).isEmpty();
  }

  @Test
  void flagsThatDoNothingWithoutCalibrationAreNamed() {
    List<String> plan =
        List.of(
            "plan", "--model=" + TestData.tinyLlamaBf16(), "--scheme=W4A16", "--ignore=lm_head");
    List<String> args = new ArrayList<>(plan);
    args.addAll(List.of("--dataset=none.jsonl", "--seed=3", "--sequential-targets=NoSuchLayer"));

    assertThat(SinterRun.of(args.toArray(String[]::new)).err())
        .isEqualTo(
            "sinter: the recipe needs no data, and these flags do nothing: --dataset, --seed, --sequential-targets\n");
    assertThat(SinterRun.of(plan.toArray(String[]::new)).err()).isEmpty();
  }

  @Test
  void aFlagThatIsTakenIsNamedAsItCanBeGiven() {
    merged(Map.of("concatenate_data", false), "{\"concatenate_data\": true}");

    assertThat(told())
        .isEqualTo(
            "sinter: the recipe's dataset has concatenate_data: true; --concatenate-data false is taken\n");
  }

  @Test
  void aMapOfSplitsIsReadAsOlderVersionsOfTheReferenceDo() {
    Json.Obj merged =
        merged(Map.of("splits", "{\"calibration\": \"train[:7%]\"}", "dataset", "c4"), "{}");

    assertThat(CalibrationData.dataset(merged).flatMap(DatasetRequest::split))
        .hasToString("Optional[train[:7%]]");
    assertThatThrownBy(() -> merged(Map.of("splits", "{\"train\": \"a\"}"), "{}"))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "--splits {\"train\": \"a\"}: of a map, only calibration is read. Write the split itself:"
                + " --splits train[:5%]");
  }

  @Test
  void aRecipeBringsNoQuery() {
    String section = "{\"dataset\": \"SELECT reflect('a', 'b')\"}";
    assertThatThrownBy(() -> merged(Map.of(), section))
        .isInstanceOf(RequestException.class)
        .hasMessageStartingWith(
            "The recipe's dataset is a query, which only --dataset may be: SELECT reflect('a', 'b').");
    assertThat(merged(Map.of("dataset", "SELECT 1 AS text"), section))
        .isEqualTo(Json.object("dataset", "SELECT 1 AS text"));
  }

  @Test
  void blocksNeedALength() {
    Json.Obj settings = merged(Map.of("concatenate_data", true), "{}");
    assertThatThrownBy(() -> CalibrationData.of(settings, 4))
        .isInstanceOf(RequestException.class)
        .hasMessage("--concatenate-data makes samples of --max-seq-length tokens: give it, too");
  }
}
