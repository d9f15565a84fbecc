/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.sinter.json.Json;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  @TempDir private Path temp;
  private CheckpointFolder folder;

  @BeforeEach
  void nameAFolder() {
    folder = new CheckpointFolder(temp.resolve("model"));
  }

  @Test
  void opensASingleFile() throws IOException {
    folder.config().shard("model.safetensors", "b", "a").file("tokenizer.json", "{}");
    Checkpoint checkpoint = folder.open();
    assertThat(checkpoint.config()).isEqualTo(Json.object("model_type", "llama"));
    assertThat(checkpoint.tensors().keySet()).containsExactly("b", "a");
    assertThat(checkpoint.otherFiles())
        .extracting(FileInfo::name)
        .containsExactly("tokenizer.json");
    assertThat(checkpoint.tensorBytes()).isEqualTo(2);
    assertThat(checkpoint.tensor("a"))
        .map(TensorEntry::spec)
        .contains(new TensorSpec("a", DType.U8, Shape.of(1)));
    assertThat(checkpoint.tensor("c")).isEmpty();
  }

  @Test
  void opensTheShardsOfAnIndex() throws IOException {
    folder
        .config()
        .index("c", "2.safetensors", "a", "1.safetensors", "b", "2.safetensors")
        .shard("1.safetensors", "a")
        .shard("2.safetensors", "c", "b")
        .shard("consolidated.safetensors", "x");
    Checkpoint checkpoint = folder.open();
    assertThat(checkpoint.tensors().values())
        .extracting(TensorEntry::name, TensorEntry::file)
        .containsExactly(
            tuple("a", "1.safetensors"), tuple("c", "2.safetensors"), tuple("b", "2.safetensors"));
    assertThat(checkpoint.otherFiles())
        .extracting(FileInfo::name)
        .containsExactly("consolidated.safetensors");
  }

  @Test
  void prefersTheIndexToASingleFile() throws IOException {
    folder
        .config()
        .index("a", "1.safetensors")
        .shard("1.safetensors", "a")
        .shard("model.safetensors", "stale");
    assertThat(folder.open().tensors().keySet()).containsExactly("a");
  }

  @Test
  void refusesAMissingFolder() {
    folder.assertRefused("There is no checkpoint at %s: the folder is missing or empty");
  }

  @Test
  void refusesAFolderThatIsAFile() throws IOException {
    Files.writeString(folder.path(), "x");
    folder.assertRefused("There is no checkpoint at %s: the folder is missing or empty");
  }

  @Test
  void refusesAFolderWithoutConfig() {
    folder
        .shard("model.safetensors", "a")
        .assertRefused(
            "%s has no config.json: it is not a Hugging Face checkpoint, or its upload is not"
                + " complete");
  }

  @Test
  void refusesAConfigThatIsNotJson() {
    folder
        .file("config.json", "{\"a\":1,}")
        .shard("model.safetensors", "a")
        .assertRefused(
            "%s/config.json: Unexpected character ('}' (code 125)): was expecting double-quote to"
                + " start field name (line 1)");
  }

  @Test
  void refusesAConfigThatIsNoObject() {
    folder
        .file("config.json", "[]")
        .shard("model.safetensors", "a")
        .assertRefused("%s/config.json: The JSON value is not an object");
  }

  @Test
  void refusesAFolderWithoutWeights() {
    folder
        .config()
        .assertRefused("%s has neither model.safetensors nor model.safetensors.index.json.");
  }

  @Test
  void refusesPickledWeights() {
    folder
        .config()
        .file("pytorch_model.bin", "x")
        .assertRefused(
            "%s has neither model.safetensors nor model.safetensors.index.json. Its weights are"
                + " PyTorch pickles; convert them to safetensors first.");
  }

  @Test
  void refusesABrokenFile() {
    folder
        .config()
        .file("model.safetensors", "version https://git-lfs.github.com/spec/v1")
        .assertRefused(
            "model.safetensors: states a header of 2336927755350992246 bytes; at most 100000000"
                + " are allowed (HEADER_TOO_LARGE)");
  }

  @Test
  void identifiesItselfByHeadersAndFiles() throws IOException {
    folder.config().shard("model.safetensors", "a");
    Path file = folder.path().resolve("model.safetensors");
    FileTime time = FileTime.fromMillis(0);
    Files.setLastModifiedTime(file, time);
    Json.Obj identity = folder.open().identity();
    assertThat(identity.members().keySet())
        .containsExactly("config_sha256", "headers_sha256", "files");
    assertThat(folder.open().identity()).isEqualTo(identity);

    folder.shard("model.safetensors", "b");
    Files.setLastModifiedTime(file, time);
    assertThat(folder.open().identity().without("headers_sha256"))
        .isEqualTo(identity.without("headers_sha256"));
    assertThat(folder.open().identity()).isNotEqualTo(identity);

    folder.shard("model.safetensors", "a");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1));
    assertThat(folder.open().identity()).isNotEqualTo(identity);
    assertThat(folder.open().identity().without("files")).isEqualTo(identity.without("files"));
  }
}
