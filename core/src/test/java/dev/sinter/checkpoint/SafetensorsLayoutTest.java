/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.SafetensorsException.Fault;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsLayoutTest {
  @TempDir private Path temp;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "safetensors/mixed.safetensors",
        "tiny-llama-fp32/model-00001-of-00002.safetensors",
        "tiny-llama-fp32/model-00002-of-00002.safetensors"
      })
  void writesTheBytesOfTheOfficialWriter(String file) throws IOException {
    Path official = TestData.golden().resolve(file);
    FileStore source = FileStores.at(official.getParent().toString());
    SafetensorsHeader header = SafetensorsHeader.read(source, official.getFileName().toString());
    List<TensorEntry> shuffled = new ArrayList<>(header.tensors());
    Collections.shuffle(shuffled, new Random(3));

    SafetensorsLayout layout =
        SafetensorsLayout.sorted(
            shuffled.stream().map(TensorEntry::spec).toList(), header.metadata());
    FileStore target = FileStores.at(temp.toString());
    try (TensorReader reader = new TensorReader(source);
        TensorWriter writer = new TensorWriter(target, "copy", layout)) {
      for (TensorEntry entry : header.tensors()) {
        writer.begin(entry.spec());
        reader.copy(entry, writer, ByteBuffer.allocate(64));
      }
      writer.commit();
    }
    assertThat(temp.resolve("copy")).hasSameBinaryContentAs(official);
  }

  @Test
  void padsTheHeaderToEightBytes() {
    for (int length = 1; length < 20; length++) {
      TensorSpec tensor = new TensorSpec("n".repeat(length), DType.U8, Shape.of(1));
      assertThat(SafetensorsLayout.of(List.of(tensor)).header().remaining() % 8).isZero();
    }
  }

  @Test
  void writesMetadataSorted() {
    Map<String, String> metadata = new LinkedHashMap<>();
    for (String key : List.of("\ud835\udefc", "z", "\uff21", "a")) {
      metadata.put(key, "v");
    }
    ByteBuffer header = new SafetensorsLayout(List.of(), metadata).header();
    assertThat(StandardCharsets.UTF_8.decode(header.position(Long.BYTES)).toString().strip())
        .isEqualTo(
            "{\"__metadata__\":"
                + "{\"a\":\"v\",\"z\":\"v\",\"\uff21\":\"v\",\"\ud835\udefc\":\"v\"}}");
  }

  @Test
  void omitsEmptyMetadata() {
    ByteBuffer header = new SafetensorsLayout(List.of(), Map.of()).header();
    assertThat(header).isEqualTo(ByteBuffer.wrap(RawFiles.file("{}      ", 0)));
  }

  @Test
  void refusesATensorThatStandsTwice() {
    TensorSpec tensor = new TensorSpec("t", DType.U8, Shape.of(1));
    TensorSpec other = new TensorSpec("t", DType.F32, Shape.of(2));
    assertThatThrownBy(() -> SafetensorsLayout.of(List.of(tensor, other)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A tensor stands twice among [t, t]");
  }

  @Test
  void refusesATensorNamedMetadata() {
    TensorSpec tensor = new TensorSpec("__metadata__", DType.U8, Shape.of(1));
    assertThatThrownBy(() -> SafetensorsLayout.of(List.of(tensor)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A tensor cannot be named __metadata__");
  }

  @Test
  void refusesAHeaderBeyondTheLimit() {
    SafetensorsLayout layout =
        new SafetensorsLayout(List.of(), Map.of("note", "x".repeat(100_000_000)));
    assertThatThrownBy(() -> new TensorWriter(FileStores.at(temp.toString()), "file", layout))
        .isInstanceOfSatisfying(
            SafetensorsException.class,
            refused -> assertThat(refused.fault()).isEqualTo(Fault.HEADER_TOO_LARGE))
        .hasMessage(
            "(to be written): its header would have 100000032 bytes; at most 100000000 are allowed"
                + " (HEADER_TOO_LARGE)");
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void countsTheBytesOfItsTensors() {
    SafetensorsLayout layout =
        SafetensorsLayout.of(
            List.of(
                new TensorSpec("a", DType.F4, Shape.of(2, 3)),
                new TensorSpec("b", DType.F64, Shape.of()),
                new TensorSpec("c", DType.I64, Shape.of(0, 5))));
    assertThat(layout.tensorBytes()).isEqualTo(11);
  }

  @Test
  void sortsByDescendingTypeAndThenByName() {
    List<TensorSpec> given =
        List.of(
            new TensorSpec("b", DType.U8, Shape.of(8)),
            new TensorSpec("d", DType.F32, Shape.of(2)),
            new TensorSpec("c", DType.F32, Shape.of(2)),
            new TensorSpec("a", DType.I64, Shape.of(1)));

    assertThat(SafetensorsLayout.of(given).tensors())
        .extracting(TensorSpec::name)
        .containsExactly("a", "c", "d", "b");
    assertThat(SafetensorsLayout.streamed(given).tensors()).isEqualTo(given);
    assertThat(new SafetensorsLayout(given, Map.of()).tensors()).isEqualTo(given);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void streamedTensorsAreAlignedAndThoseThatCanKeepTheirOrder(long seed) {
    Random random = new Random(seed);
    List<TensorSpec> given = new ArrayList<>();
    for (int i = 0; i < 80; i++) {
      DType dtype = List.of(DType.values()).get(random.nextInt(DType.values().length));
      // Types of less than a byte come in whole bytes.
      long columns = (1 + random.nextInt(6)) * (dtype.bits() < Byte.SIZE ? 4L : 1L);
      given.add(new TensorSpec("t" + random.nextInt() + i, dtype, Shape.of(i % 9, columns)));
    }

    SafetensorsLayout layout = SafetensorsLayout.streamed(given);

    assertThat(layout.tensors()).containsExactlyInAnyOrderElementsOf(given);
    long offset = 0;
    for (TensorSpec tensor : layout.tensors()) {
      long elementBytes = Math.max(1, tensor.dtype().bits() / Byte.SIZE);
      assertThat(offset % elementBytes).as("misalignment of " + tensor).isZero();
      offset += tensor.bytes();
    }
    List<TensorSpec> even = given.stream().filter(tensor -> tensor.bytes() % 8 == 0).toList();
    assertThat(layout.tensors()).startsWith(even.toArray(TensorSpec[]::new));
    Collections.shuffle(given, random);
    List<TensorSpec> uneven = layout.tensors().subList(even.size(), given.size());
    assertThat(SafetensorsLayout.streamed(given).tensors())
        .endsWith(uneven.toArray(TensorSpec[]::new));
  }
}
