/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.hub.RepositoryId.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which texts name a repository: the rules, and most of the cases, are huggingface_hub's. */
class RepositoryIdTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"foo", "foo/bar", "123", "Foo-BAR_foo.bar123", "meta-llama/Llama-3.1-8B", "_a/b_"})
  void takesNames(String text) {
    assertThat(RepositoryId.of(Kind.MODEL, text)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "datasets/foo/bar",
        ".repo_id",
        "foo--bar",
        "foo.git",
        "other..repo..id",
        "foo/bar/",
        "/foo/bar",
        "./foo",
        "../foo",
        "~/foo",
        "foo bar",
        "foo/-bar",
        "foo/bar-",
        "foo/bar.",
        "föö"
      })
  void refusesWhatIsNone(String text) {
    assertThat(RepositoryId.of(Kind.MODEL, text)).isEmpty();
  }

  @Test
  void refusesANameThatIsTooLong() {
    assertThat(RepositoryId.of(Kind.MODEL, "a".repeat(96))).isPresent();
    assertThat(RepositoryId.of(Kind.MODEL, "a".repeat(97))).isEmpty();
    assertThatThrownBy(() -> new RepositoryId(Kind.MODEL, "a b"))
        .hasMessage("Not the name of a repository: \"a b\"");
  }

  @Test
  void knowsItsFoldersAndPaths() {
    RepositoryId model = new RepositoryId(Kind.MODEL, "julien-c/EsperBERTo-small");
    assertThat(model.folder()).isEqualTo("models--julien-c--EsperBERTo-small");
    assertThat(model.apiPath()).isEqualTo("api/models/julien-c/EsperBERTo-small");
    assertThat(model.path()).isEqualTo("julien-c/EsperBERTo-small");
    RepositoryId dataset = new RepositoryId(Kind.DATASET, "gsm8k");
    assertThat(dataset.folder()).isEqualTo("datasets--gsm8k");
    assertThat(dataset.apiPath()).isEqualTo("api/datasets/gsm8k");
    assertThat(dataset.path()).isEqualTo("datasets/gsm8k");
    assertThat(dataset).hasToString("dataset gsm8k");
  }
}
