/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileStoresTest {
  @TempDir private Path temp;

  @Test
  void opensALocalPath() {
    assertThat(FileStores.at(temp + "/a/../b").location()).isEqualTo(temp + "/b");
  }

  @Test
  void opensAFileUri() {
    assertThat(FileStores.at(temp.toUri().toString()).location()).isEqualTo(temp.toString());
    assertThat(FileStores.at("file:" + temp + "/a%20b").location()).isEqualTo(temp + "/a b");
  }

  @Test
  void opensALocalPathWithAColon() {
    assertThat(FileStores.at(temp + "/model:v2").location()).isEqualTo(temp + "/model:v2");
  }

  @Test
  void saysThatNoStorageHandlesAScheme() {
    assertThatThrownBy(() -> FileStores.at("gopher://host/model"))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "Cannot open gopher://host/model: no storage on the class path handles gopher:."
                + " Use a local path, or add its jar.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          file:///a b       | Illegal character in path
          file:a            | URI is not hierarchical
          file://host/model | URI has an authority component
          """)
  void saysWhatIsWrongWithAUri(String location, String reason) {
    assertThatThrownBy(() -> FileStores.at(location))
        .isInstanceOf(RequestException.class)
        .hasMessage("Cannot open " + location + ": " + reason);
  }

  @Test
  void readsWhatItWrites() throws IOException {
    FileStore store = FileStores.at(temp.toString());
    FileStores.write(store, "text", "caf\u00e9");
    FileStores.write(store, "empty", "");
    assertThat(FileStores.read(store, "text")).asString().isEqualTo("caf\u00e9");
    assertThat(FileStores.read(store, "empty")).isEmpty();
  }

  @Test
  void refusesToReadAHugeFileWhole() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(temp.resolve("big").toFile(), "rw")) {
      file.setLength((512L << 20) + 1);
    }
    FileStore store = FileStores.at(temp.toString());
    assertThatThrownBy(() -> FileStores.read(store, "big"))
        .isInstanceOf(IOException.class)
        .hasMessage("big has 536870913 bytes; at most 536870912 were expected");
  }
}
