/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A checkpoint in the making: tensors of one byte in files of a folder. */
record CheckpointFolder(Path path) {

  CheckpointFolder file(String name, String content) {
    try {
      Files.createDirectories(path);
      Files.writeString(path.resolve(name), content);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  CheckpointFolder config() {
    return file("config.json", "{\"model_type\":\"llama\"}");
  }

  /** A file of tensors of those names. */
  CheckpointFolder shard(String file, String... tensors) {
    StringBuilder header = new StringBuilder("{");
    for (int i = 0; i < tensors.length; i++) {
      header.append(i == 0 ? "" : ",").append('"').append(tensors[i]).append("\":");
      header.append(RawFiles.tensor("U8", "[1]", "[" + i + "," + (i + 1) + "]"));
    }
    try {
      Files.createDirectories(path);
      Files.write(path.resolve(file), RawFiles.file(header.append('}').toString(), tensors.length));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An index of alternating tensors and shards. */
  CheckpointFolder index(String... tensorsAndShards) {
    StringBuilder map = new StringBuilder();
    for (int i = 0; i < tensorsAndShards.length; i += 2) {
      map.append(i == 0 ? "" : ",");
      map.append('"').append(tensorsAndShards[i]).append("\":\"");
      map.append(tensorsAndShards[i + 1]).append('"');
    }
    return file(CheckpointIndex.FILE, "{\"metadata\":{},\"weight_map\":{" + map + "}}");
  }

  Checkpoint open() throws IOException {
    return Checkpoint.open(new LocalFileStore(path));
  }

  /** Opening says exactly these problems, the folder's path standing for %s. */
  void assertRefused(String... problems) {
    assertThatThrownBy(this::open)
        .isInstanceOf(RequestException.class)
        .hasMessage(String.join("\n", problems).replace("%s", path.toString()));
  }
}
