/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Links stay within a checkpoint, but for those of the hub's cache. */
class LinkedCheckpointTest {
  private static final String REMEDY =
      ", and is not followed. Put the file itself there in place of the link";

  @TempDir private Path temp;
  private Path repository;
  private CheckpointFolder snapshot;

  @BeforeEach
  void makeACache() throws IOException {
    repository = temp.toRealPath().resolve("models--org--name");
    new CheckpointFolder(repository.resolve("blobs"))
        .file("c0ffee", "{}")
        .shard("5afe", "a")
        .file("70ce", "tokens");
    snapshot = new CheckpointFolder(repository.resolve("snapshots").resolve("main"));
    Files.createDirectories(snapshot.path());
    link("config.json", "../../blobs/c0ffee");
    link("model.safetensors", "../../blobs/5afe");
    link("tokenizer.json", "../../blobs/70ce");
  }

  @Test
  void opensASnapshotOfTheHubsCache() throws IOException {
    Checkpoint checkpoint = snapshot.open();
    assertThat(checkpoint.tensors().keySet()).containsExactly("a");
    assertThat(checkpoint.otherFiles())
        .extracting(FileInfo::name)
        .containsExactly("tokenizer.json");
    assertThat(FileStores.read(checkpoint.store(), "tokenizer.json"))
        .asString()
        .isEqualTo("tokens");
  }

  @Test
  void opensACacheThroughALink() throws IOException {
    Path link = Files.createSymbolicLink(temp.resolve("link"), snapshot.path());
    assertThat(new CheckpointFolder(link).open().tensors().keySet()).containsExactly("a");
  }

  @Test
  void aBlobsNameIsTheVersionOfItsContent() throws IOException {
    assertThat(snapshot.open().store().list())
        .extracting(FileInfo::version)
        .containsExactly("c0ffee", "5afe", "70ce");
    assertThat(FileStores.at(repository.resolve("blobs").toString()).info("5afe"))
        .map(FileInfo::version)
        .get()
        .asString()
        .startsWith("20");
  }

  @Test
  void opensBlobsThatRepositoriesShare() throws IOException {
    Path shared = Files.createDirectories(repository.resolveSibling("blobs").resolve("ab"));
    Files.move(repository.resolve("blobs/5afe"), shared.resolve("abcd"));
    Files.createSymbolicLink(repository.resolve("blobs/5afe"), Path.of("../../blobs/ab/abcd"));

    Checkpoint checkpoint = snapshot.open();
    assertThat(checkpoint.tensors().keySet()).containsExactly("a");
    assertThat(checkpoint.store().info("model.safetensors"))
        .map(FileInfo::version)
        .contains("5afe");
  }

  @Test
  void opensAFolderInsideASnapshot() throws IOException {
    Path inside = Files.createDirectories(snapshot.path().resolve("templates"));
    Files.createSymbolicLink(inside.resolve("tool.jinja"), Path.of("../../../blobs/70ce"));

    FileStore store = FileStores.at(snapshot.path().toString()).folder("templates");
    assertThat(FileStores.read(store, "tool.jinja")).asString().isEqualTo("tokens");
  }

  @Test
  void opensLinksWithinTheFolder() throws IOException {
    CheckpointFolder folder =
        new CheckpointFolder(temp.toRealPath().resolve("model"))
            .config()
            .shard("1.safetensors", "a");
    Files.createSymbolicLink(folder.path().resolve("model.safetensors"), Path.of("1.safetensors"));
    assertThat(folder.open().tensors().keySet()).containsExactly("a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "model.safetensors", "tokenizer.json"})
  void refusesALinkOutOfTheFolder(String name) throws IOException {
    CheckpointFolder folder =
        new CheckpointFolder(temp.toRealPath().resolve("model"))
            .config()
            .shard("model.safetensors", "a")
            .file("tokenizer.json", "{}");
    Path outside = Files.writeString(temp.resolve("secret"), "{}").toRealPath();
    Files.delete(folder.path().resolve(name));
    Files.createSymbolicLink(folder.path().resolve(name), Path.of("../secret"));
    folder.assertRefused(
        "%s/" + name + " is a link that leads out of its folder, to " + outside + REMEDY);
  }

  @Test
  void refusesAShardThatIsALinkOutOfTheFolder() throws IOException {
    CheckpointFolder folder =
        new CheckpointFolder(temp.toRealPath().resolve("model"))
            .config()
            .index("a", "1.safetensors");
    new CheckpointFolder(temp).shard("outside.safetensors", "a");
    Files.createSymbolicLink(
        folder.path().resolve("1.safetensors"), temp.resolve("outside.safetensors"));
    folder.assertRefused(
        "%s/1.safetensors is a link that leads out of its folder, to "
            + temp.resolve("outside.safetensors").toRealPath()
            + REMEDY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret", "snapshots/other/secret", "blobs-of-others/secret"})
  void refusesALinkFromASnapshotToAnythingButABlob(String target) throws IOException {
    Path secret = repository.resolve(target);
    Files.createDirectories(secret.getParent());
    Files.writeString(secret, "x");
    link("merges.txt", "../../" + target);
    snapshot.assertRefused(
        "%s/merges.txt is a link that leads out of its folder, to " + secret + REMEDY);
  }

  @Test
  void refusesALinkToBlobsFromAFolderThatIsNoSnapshot() throws IOException {
    Path plain = Files.createDirectories(repository.resolve("revisions").resolve("main"));
    Files.createSymbolicLink(plain.resolve("config.json"), Path.of("../../blobs/c0ffee"));
    new CheckpointFolder(plain)
        .assertRefused(
            "%s/config.json is a link that leads out of its folder, to "
                + repository.resolve("blobs").resolve("c0ffee")
                + REMEDY);
  }

  @Test
  void takesALinkToNothingForAMissingFile() throws IOException {
    Files.delete(repository.resolve("blobs").resolve("5afe"));
    snapshot.assertRefused("%s has neither model.safetensors nor model.safetensors.index.json.");
  }

  private void link(String name, String target) throws IOException {
    Files.createSymbolicLink(snapshot.path().resolve(name), Path.of(target));
  }
}
