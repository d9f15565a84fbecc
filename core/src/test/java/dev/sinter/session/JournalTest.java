/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.FileInfo;
import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JournalTest {
  @TempDir private Path temp;

  private FileStore store() {
    return FileStores.at(temp.toString());
  }

  private static Json.Obj number(int value) {
    return Json.object("n", value);
  }

  @Test
  void entriesStandInTheirOrderAlsoWhenOpenedAgain() throws IOException {
    Journal journal = Journal.open(store());
    for (int i = 0; i < 12; i++) {
      journal.append(i % 3 == 0 ? "third" : "other", number(i));
    }

    for (Journal seen : new Journal[] {journal, Journal.open(store())}) {
      assertThat(seen.entries("third"))
          .extracting(entry -> entry.members().get("n"))
          .containsExactly(Json.of(0), Json.of(3), Json.of(6), Json.of(9));
      assertThat(seen.last("other").map(entry -> entry.without("after")))
          .contains(Json.object("kind", "other", "n", 11));
      assertThat(seen.last("none")).isEmpty();
      assertThat(seen.entries("none")).isEmpty();
    }
  }

  @Test
  void eachEntryIsAFile() throws IOException {
    Journal journal = Journal.open(store());
    journal.append("a", number(1));
    journal.append("b", number(2));

    assertThat(store().list())
        .extracting(FileInfo::name)
        .containsExactly("00000000.json", "00000001.json");
    assertThat(temp.resolve("00000001.json"))
        .content()
        .matches("\\{\"kind\":\"b\",\"after\":\"[0-9a-f]{64}\",\"n\":2}\n");
  }

  @Test
  void openedJournalGoesOnBehindItsLastEntry() throws IOException {
    Journal.open(store()).append("a", number(1));
    Journal.open(store()).append("a", number(2));

    assertThat(Journal.open(store()).entries("a")).hasSize(2);
  }

  @Test
  void entriesBehindAGapAreDamage() throws IOException {
    Journal journal = Journal.open(store());
    for (int i = 0; i < 4; i++) {
      journal.append("a", number(i));
    }
    Files.delete(temp.resolve("00000002.json"));

    assertThatThrownBy(() -> Journal.open(store()))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            temp
                + "/00000003.json is damaged: 00000002.json before it is missing. Run again with"
                + " --clean to start afresh");
  }

  @Test
  void entriesOfAnotherRunAreDamage() throws IOException {
    Journal first = Journal.open(store());
    first.append("a", number(0));
    first.append("a", number(1));
    Files.move(temp.resolve("00000001.json"), temp.resolve("kept"));
    Files.delete(temp.resolve("00000000.json"));
    Journal.open(store()).append("b", number(0));
    Files.move(temp.resolve("kept"), temp.resolve("00000001.json"));

    assertThatThrownBy(() -> Journal.open(store()))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("it does not follow the entry before it, but that of another run");
  }

  @Test
  void twoRunsDoNotWriteTheSameEntry() throws IOException {
    Journal first = Journal.open(store());
    Journal second = Journal.open(store());
    first.append("a", number(0));

    assertThatThrownBy(() -> second.append("a", number(0)))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("another run is at work in this workspace");
  }

  @Test
  void otherFilesAreNoEntries() throws IOException {
    Files.writeString(temp.resolve(".00000000.json.pending"), "{");
    Files.writeString(temp.resolve("notes.txt"), "?");
    Journal.open(store()).append("a", number(1));

    assertThat(Journal.open(store()).entries("a")).hasSize(1);
  }

  @Test
  void damagedEntryIsToldWithWhatToDo() throws IOException {
    Journal.open(store()).append("a", number(1));
    Files.writeString(temp.resolve("00000000.json"), "{\"kind\":");

    assertThatThrownBy(() -> Journal.open(store()))
        .isInstanceOf(RequestException.class)
        .hasMessageMatching(
            "\\Q"
                + temp
                + "/00000000.json is damaged: \\E.+\\Q. Run again with --clean to start afresh\\E");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"kind\":null}", "{\"kind\":3}"})
  void entryWithoutAKindIsDamaged(String content) throws IOException {
    Files.writeString(temp.resolve("00000000.json"), content);

    assertThatThrownBy(() -> Journal.open(store()))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            temp
                + "/00000000.json is damaged: it has no kind. Run again with --clean to start"
                + " afresh");
  }
}
