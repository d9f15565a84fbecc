/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a text means that names a model. */
class ModelLocationTest {
  private static String resolve(String text) throws IOException {
    return ModelLocation.of(text, "main")
        .resolve((repository, revision) -> Path.of("/hub", repository.name(), revision));
  }

  @Test
  void aFolderThatIsThereIsMeantWhateverItIsCalled(@TempDir Path temp) throws IOException {
    assertThat(resolve(temp.toString())).isEqualTo(temp.toString());
    // The tests run where these are.
    assertThat(resolve("src/main")).isEqualTo("src/main");
    assertThat(ModelLocation.of("src/main", "main").repository()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3a://bucket/model", "hdfs://n/m", "file:/model", "dbfs:/model"})
  void aUriIsLeftAsItIs(String uri) throws IOException {
    assertThat(resolve(uri)).isEqualTo(uri);
  }

  @ParameterizedTest
  @CsvSource({
    "org/name, /hub/org/name/main",
    "gpt2, /hub/gpt2/main",
    "hf://src/main, /hub/src/main/main",
    "hf://org/name@v1.0, /hub/org/name/v1.0",
    "hf://models/org/name@refs/pr/1, /hub/org/name/refs/pr/1"
  })
  void whatIsNoFolderIsARepository(String text, String folder) throws IOException {
    assertThat(resolve(text)).isEqualTo(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nowhere", "./nowhere", "a/b/c", "~/model", "a b", "x\0y", ""})
  void whatIsNeitherIsSaidToBeNeither(String text) {
    assertThatThrownBy(() -> resolve(text))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "There is no checkpoint at "
                + text
                + ": there is no such folder, and no hub has a repository of that name: those are org/name");
  }

  @Test
  void aRepositoryThatIsMeantForSureIsNotTakenForAFolder() {
    assertThatThrownBy(() -> resolve("hf://a/b/c"))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "hf://a/b/c names no repository: that is hf://org/name or hf://org/name@revision");
  }

  @Test
  void bothThatWereTriedAreSaid() {
    String here = "There is no folder org/name in " + Path.of("").toAbsolutePath() + ". ";
    assertThatThrownBy(
            () ->
                ModelLocation.of("org/name", "main")
                    .resolve(
                        (repository, revision) -> {
                          throw new RequestException("The hub has none");
                        }))
        .isInstanceOfSatisfying(
            RequestException.class,
            e -> assertThat(e.problems()).containsExactly(here, "The hub has none"));
    assertThatThrownBy(
            () ->
                ModelLocation.of("org/name", "main")
                    .resolve(
                        (repository, revision) -> {
                          throw new HubException("The hub is away");
                        }))
        .isInstanceOf(HubException.class)
        .hasMessage(here + "The hub is away");
  }
}
