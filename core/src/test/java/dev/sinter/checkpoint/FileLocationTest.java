/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.problem.RequestException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileLocationTest {

  @Test
  void aFileIsFoundByItsFolder() {
    FileLocation file = FileLocation.of("/data/ids.safetensors");

    assertThat(file.name()).isEqualTo("ids.safetensors");
    assertThat(file.folder().location()).isEqualTo(FileStores.at("/data").location());
  }

  @Test
  void aBareNameIsInTheWorkingFolder() {
    assertThat(FileLocation.of("ids").folder().location())
        .isEqualTo(FileStores.at(Path.of("").toAbsolutePath().toString()).location());
  }

  @Test
  void aFileOfTheRootIsInTheRoot() {
    assertThat(FileLocation.of("/ids").folder().location())
        .isEqualTo(FileStores.at("/").location());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "data/", "data/.."})
  void whatNamesNoFileIsRefused(String location) {
    assertThatThrownBy(() -> FileLocation.of(location))
        .isInstanceOf(RequestException.class)
        .hasMessage("Not the location of a file: \"" + location + "\"");
  }
}
