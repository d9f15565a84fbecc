/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalFileStoreTest {
  @TempDir private Path temp;
  private Path directory;
  private FileStore store;

  @BeforeEach
  void openAFolderThatDoesNotExist() {
    directory = temp.resolve("folder");
    store = new LocalFileStore(directory);
  }

  @Test
  void aMissingFolderIsEmpty() throws IOException {
    assertThat(store.list()).isEmpty();
    assertThat(store.info("a")).isEmpty();
    store.delete("a");
    store.deleteAll();
    assertThat(directory).doesNotExist();
  }

  @Test
  void showsAFileOnlyAfterItsCommit() throws IOException {
    try (PendingFile file = store.create("a.txt")) {
      file.write(bytes("one "));
      file.write(bytes("two"));
      assertThat(store.list()).isEmpty();
      assertThat(store.info("a.txt")).isEmpty();
      file.commit();
    }
    assertThat(directory.resolve("a.txt")).hasContent("one two");
    assertThat(store.info("a.txt")).map(FileInfo::size).contains(7L);
    assertThat(names()).containsExactly("a.txt");
  }

  @Test
  void replacesAFileAtItsCommit() throws IOException {
    FileStores.write(store, "a.txt", "old");
    try (PendingFile file = store.create("a.txt")) {
      file.write(bytes("new"));
      assertThat(directory.resolve("a.txt")).hasContent("old");
      file.commit();
    }
    assertThat(directory.resolve("a.txt")).hasContent("new");
    assertThat(names()).containsExactly("a.txt");
  }

  @Test
  void leavesNothingWithoutACommit() throws IOException {
    FileStores.write(store, "a.txt", "old");
    try (PendingFile file = store.create("a.txt")) {
      file.write(bytes("half"));
    }
    assertThat(directory.resolve("a.txt")).hasContent("old");
    assertThat(names()).containsExactly("a.txt");
  }

  @Test
  void refusesToWriteBehindTheCommit() throws IOException {
    try (PendingFile file = store.create("a.txt")) {
      file.commit();
      assertThatThrownBy(() -> file.write(bytes("late")))
          .isInstanceOf(ClosedChannelException.class)
          .hasMessage(null);
    }
  }

  @Test
  void createsAFileOfTheLongestName() throws IOException {
    FileStores.write(store, "n".repeat(255), "x");
    assertThat(names()).containsExactly("n".repeat(255));
  }

  @Test
  void listsFilesByNameAndNoFolders() throws IOException {
    for (String name : new String[] {"b", "a10", "a", "B", "a1"}) {
      FileStores.write(store, name, name);
    }
    FileStores.write(store.folder("c"), "inner", "x");
    assertThat(store.list()).extracting(FileInfo::name).containsExactly("B", "a", "a1", "a10", "b");
    assertThat(store.list()).extracting(FileInfo::size).containsExactly(1L, 1L, 2L, 3L, 1L);
  }

  @Test
  void changesTheVersionWithTheContent() throws IOException {
    FileStores.write(store, "a", "x");
    Files.setLastModifiedTime(directory.resolve("a"), FileTime.fromMillis(1000));
    assertThat(store.info("a")).contains(new FileInfo("a", 1, "1970-01-01T00:00:01Z"));
  }

  @Test
  void deletesAFile() throws IOException {
    FileStores.write(store, "a", "x");
    store.delete("a");
    store.delete("a");
    assertThat(store.list()).isEmpty();
  }

  @Test
  void deletesAFolderButNotWhatItsLinksLeadTo() throws IOException {
    Path outside = Files.createDirectory(temp.resolve("outside"));
    Files.writeString(outside.resolve("kept"), "x");
    FileStores.write(store, "a", "x");
    FileStores.write(store.folder("deep").folder("deeper"), "b", "x");
    Files.createSymbolicLink(directory.resolve("link"), outside);
    store.deleteAll();
    assertThat(directory).doesNotExist();
    assertThat(outside.resolve("kept")).exists();
  }

  @Test
  void readsRanges() throws IOException {
    FileStores.write(store, "a", "0123456789");
    try (RangeReader reader = store.open("a")) {
      assertThat(reader.size()).isEqualTo(10);
      assertThat(read(reader, 8, 2)).isEqualTo("89");
      assertThat(read(reader, 0, 3)).isEqualTo("012");
      assertThat(read(reader, 10, 0)).isEmpty();
    }
  }

  @Test
  void saysWhereAFileEndsBeforeTheRange() throws IOException {
    FileStores.write(store, "a", "0123456789");
    try (RangeReader reader = store.open("a")) {
      assertThatThrownBy(() -> read(reader, 8, 4))
          .isInstanceOf(EOFException.class)
          .hasMessage(directory.resolve("a") + " ends at byte 10; bytes up to 12 were expected");
      assertThatThrownBy(() -> read(reader, 100, 4))
          .isInstanceOf(EOFException.class)
          .hasMessage(directory.resolve("a") + " ends at byte 10; bytes up to 104 were expected");
    }
  }

  @Test
  void readsBeyondTwoGigabytes() throws IOException {
    Files.createDirectory(directory);
    long size = (3L << 30) + 4;
    try (RandomAccessFile file = new RandomAccessFile(directory.resolve("big").toFile(), "rw")) {
      file.setLength(size);
      file.seek(size - 4);
      file.writeBytes("last");
    }
    try (RangeReader reader = store.open("big")) {
      assertThat(reader.size()).isEqualTo(size);
      assertThat(read(reader, size - 4, 4)).isEqualTo("last");
    }
  }

  @Test
  void saysThatAFileIsMissing() {
    assertThatThrownBy(() -> store.open("a"))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage(directory.resolve("a").toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", ".", "..", "../a", "/a", "a/b", "a\\b", "s3://a", "C:a", "a\0", "a\n", "a\u007f"
      })
  void refusesANameThatLeadsOut(String name) {
    String message = "Not the name of a file inside a folder: \"" + name + "\"";
    assertThatThrownBy(() -> store.info(name)).hasMessage(message);
    assertThatThrownBy(() -> store.open(name)).hasMessage(message);
    assertThatThrownBy(() -> store.create(name)).hasMessage(message);
    assertThatThrownBy(() -> store.delete(name)).hasMessage(message);
    assertThatThrownBy(() -> store.folder(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
    assertThat(directory).doesNotExist();
  }

  @Test
  void refusesANameThatNoFileSystemHolds() {
    assertThatThrownBy(() -> store.create("n".repeat(256)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Not the name of a file inside a folder: \"" + "n".repeat(256) + "\"");
  }

  private Stream<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList().stream();
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String read(RangeReader reader, long position, int length) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(length);
    reader.readFully(position, into);
    return new String(into.array(), StandardCharsets.UTF_8);
  }
}
