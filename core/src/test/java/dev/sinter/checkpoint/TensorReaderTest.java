/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.SafetensorsException.Fault;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorReaderTest {
  private static final TensorSpec FIRST = new TensorSpec("first", DType.F32, Shape.of(4, 2));
  private static final TensorSpec SECOND = new TensorSpec("second", DType.F32, Shape.of(2));

  @TempDir private Path temp;
  private FileStore store;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    store = new LocalFileStore(temp);
    file = temp.resolve(RawFiles.NAME);
    SafetensorsLayout layout = SafetensorsLayout.of(List.of(FIRST, SECOND));
    try (Scope scope = Scope.open();
        TensorWriter writer = new TensorWriter(store, RawFiles.NAME, layout)) {
      writer.write(FIRST, Tensors.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7}, 4, 2));
      writer.write(SECOND, Tensors.of(new float[] {8, 9}, 2));
      writer.commit();
    }
  }

  @Test
  void readsTensors() throws IOException {
    try (Scope scope = Scope.open();
        TensorReader reader = new TensorReader(store)) {
      assertThat(Tensors.floats(reader.read(entry(1)))).containsExactly(8, 9);
      var first = reader.read(entry(0));
      assertThat(Tensors.shape(first)).isEqualTo(FIRST.shape());
      assertThat(Tensors.floats(first)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    }
  }

  @Test
  void readsRows() throws IOException {
    try (Scope scope = Scope.open();
        TensorReader reader = new TensorReader(store)) {
      assertThat(Tensors.floats(reader.readRows(entry(0), 1, 2))).containsExactly(2, 3, 4, 5);
      assertThat(Tensors.floats(reader.readRows(entry(0), 3, 1))).containsExactly(6, 7);
      assertThat(Tensors.floats(reader.readRows(entry(0), 4, 0))).isEmpty();
      assertThat(Tensors.floats(reader.readRows(entry(1), 1, 1))).containsExactly(9);
    }
  }

  @Test
  void refusesRowsBehindTheTensor() throws IOException {
    try (Scope scope = Scope.open();
        TensorReader reader = new TensorReader(store)) {
      TensorEntry first = entry(0);
      assertThatThrownBy(() -> reader.readRows(first, 3, 2))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessage("Range [3, 3 + 2) out of bounds for length 4");
      assertThatThrownBy(() -> reader.readRows(first, -1, 2))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessage("Range [-1, -1 + 2) out of bounds for length 4");
    }
  }

  @Test
  void saysThatAFileBecameShorter() throws IOException {
    TensorEntry second = entry(1);
    long size = Files.size(file);
    truncate(size - 3);
    try (Scope scope = Scope.open();
        TensorReader reader = new TensorReader(store)) {
      assertTruncated(() -> reader.read(second), size - 3, size);
    }
  }

  @Test
  void saysThatAFileBecameShorterBetweenTwoReads() throws IOException {
    long end = entry(1).offset() + 8;
    try (Scope scope = Scope.open();
        TensorReader reader = new TensorReader(store)) {
      TensorEntry second = entry(1);
      assertThat(Tensors.floats(reader.read(second))).containsExactly(8, 9);
      truncate(20);
      assertTruncated(() -> reader.read(second), 20, end);
      assertTruncated(() -> reader.copy(second, null, ByteBuffer.allocate(4)), 20, end - 4);
    }
  }

  @Test
  void saysThatPyTorchHasNoSuchType() throws IOException {
    Files.write(file, RawFiles.file(RawFiles.header("F4", "[2]", "[0,1]"), 1));
    try (Scope scope = Scope.open();
        TensorReader reader = new TensorReader(store)) {
      TensorEntry entry = entry(0);
      assertThatThrownBy(() -> reader.read(entry))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("PyTorch has no tensors of type F4");
    }
  }

  @Test
  void readsBehindTwoGigabytes() throws IOException {
    long big = 3L << 30;
    String header =
        "{\"big\":%s,\"last\":%s}"
            .formatted(
                RawFiles.tensor("U8", "[" + big + "]", "[0," + big + "]"),
                RawFiles.tensor("U8", "[3]", "[" + big + "," + (big + 3) + "]"));
    Files.write(file, RawFiles.file(header, 0));
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.seek(sparse.length() + big);
      sparse.write(new byte[] {1, 2, 3});
    }
    try (Scope scope = Scope.open();
        TensorReader reader = new TensorReader(store)) {
      assertThat(Tensors.floats(reader.read(entry(1)))).containsExactly(1, 2, 3);
      assertThat(Tensors.floats(reader.readRows(entry(0), big - 2, 2))).containsExactly(0, 0);
    }
  }

  private TensorEntry entry(int index) throws IOException {
    return SafetensorsHeader.read(store, RawFiles.NAME).tensors().get(index);
  }

  private void truncate(long size) throws IOException {
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), (int) size));
  }

  private void assertTruncated(ThrowingCallable read, long size, long wanted) {
    assertThatThrownBy(read)
        .isInstanceOfSatisfying(
            SafetensorsException.class,
            refused -> assertThat(refused.fault()).isEqualTo(Fault.TRUNCATED))
        .hasMessage(
            "%s: became shorter while it was read: %s ends at byte %s; bytes up to %s were"
                    .formatted(RawFiles.NAME, file, size, wanted)
                + " expected (TRUNCATED)");
  }
}
