/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorWriterTest {
  private static final String NAME = "model.safetensors";
  private static final TensorSpec A = new TensorSpec("a", DType.F32, Shape.of(2));
  private static final TensorSpec B = new TensorSpec("b", DType.F32, Shape.of(1));
  private static final SafetensorsLayout LAYOUT = SafetensorsLayout.of(List.of(A, B));

  @TempDir private Path temp;
  private TensorWriter writer;

  @BeforeEach
  void open() throws IOException {
    writer = new TensorWriter(new LocalFileStore(temp), NAME, LAYOUT);
  }

  @AfterEach
  void close() throws IOException {
    writer.close();
  }

  @Test
  void writesTensorsInPieces() throws IOException {
    writer.begin(A);
    writer.write(ByteBuffer.allocate(3));
    writer.write(ByteBuffer.allocate(0));
    writer.write(ByteBuffer.allocate(5));
    writer.begin(B);
    writer.write(ByteBuffer.allocate(4));
    WrittenFile written = writer.commit();

    byte[] content = Files.readAllBytes(temp.resolve(NAME));
    assertThat(written)
        .isEqualTo(new WrittenFile(NAME, content.length, TensorWriter.sha256Hex(content)));
    assertThat(content).hasSize(LAYOUT.header().remaining() + 12);
  }

  @Test
  void writesWholeTensors() throws IOException {
    try (Scope scope = Scope.open()) {
      writer.write(A, Tensors.of(new float[] {1, 2}, 2));
      writer.write(B, Tensors.of(new float[] {3}, 1));
    }
    writer.commit();
    assertThat(SafetensorsHeader.read(new LocalFileStore(temp), NAME).tensors())
        .extracting(TensorEntry::spec)
        .containsExactly(A, B);
  }

  @Test
  void refusesAnotherOrder() {
    assertRefused(() -> writer.begin(B), NAME + " expects " + A + " next, not " + B);
  }

  @Test
  void refusesAnotherShape() {
    TensorSpec other = new TensorSpec("a", DType.F32, Shape.of(1, 2));
    assertRefused(() -> writer.begin(other), NAME + " expects " + A + " next, not " + other);
  }

  @Test
  void refusesATensorThatHasNoPlace() throws IOException {
    write(A);
    write(B);
    TensorSpec more = new TensorSpec("more", DType.U8, Shape.of(1));
    assertRefused(() -> writer.begin(more), NAME + " has no place for more");
  }

  @Test
  void refusesTooManyBytes() throws IOException {
    writer.begin(A);
    writer.write(ByteBuffer.allocate(7));
    assertRefused(
        () -> writer.write(ByteBuffer.allocate(3)), "a in " + NAME + " would get 2 bytes too many");
  }

  @Test
  void refusesBytesBeforeTheFirstTensor() {
    assertRefused(
        () -> writer.write(ByteBuffer.allocate(1)),
        "the header in " + NAME + " would get 1 bytes too many");
  }

  @Test
  void refusesToBeginBeforeTheTensorIsWhole() throws IOException {
    writer.begin(A);
    writer.write(ByteBuffer.allocate(5));
    assertRefused(() -> writer.begin(B), "a in " + NAME + " lacks 3 bytes");
  }

  @Test
  void refusesToCommitAPartOfATensor() throws IOException {
    write(A);
    writer.begin(B);
    assertRefused(writer::commit, "b in " + NAME + " lacks 4 bytes");
  }

  @Test
  void refusesToCommitWithoutATensor() throws IOException {
    write(A);
    assertRefused(writer::commit, NAME + " lacks b");
  }

  @Test
  void refusesToWriteIntoAFolderThatIsAFile() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "x");
    assertThatThrownBy(() -> new TensorWriter(new LocalFileStore(file), NAME, LAYOUT))
        .isInstanceOf(IOException.class)
        .hasMessage(file.toString());
  }

  @Test
  void removesTheFileThatItCannotBegin() {
    BrokenFile broken = new BrokenFile();
    FileStore store =
        (FileStore)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {FileStore.class},
                (proxy, method, arguments) -> broken);
    assertThatThrownBy(() -> new TensorWriter(store, NAME, LAYOUT))
        .isInstanceOf(IOException.class)
        .hasMessage("The disk is full");
    assertThat(broken.closed).isTrue();
  }

  private void write(TensorSpec spec) throws IOException {
    writer.begin(spec);
    writer.write(ByteBuffer.allocate((int) spec.bytes()));
  }

  /** Nothing of the file is left, neither under its name nor under another. */
  private void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IOException.class).hasMessage(message);
    try {
      writer.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertThat(temp).isEmptyDirectory();
  }

  private static final class BrokenFile implements PendingFile {
    private boolean closed;

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      throw new IOException("The disk is full");
    }

    @Override
    public void commit() {
      throw new AssertionError("A broken file was committed");
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
