/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is read back, whatever it is. */
class TensorRoundTripTest {
  private static final List<DType> TYPES =
      List.of(DType.values()).stream().filter(type -> type.bits() % 8 == 0).toList();

  @TempDir private Path temp;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void readsWhatItWrote(long seed) throws IOException {
    Random random = new Random(seed);
    SafetensorsLayout layout = SafetensorsLayout.of(specs(random));
    Map<String, byte[]> contents = write(layout, random);

    Map<String, TensorEntry> read = TestData.tensors(temp);
    assertThat(read.values())
        .extracting(TensorEntry::spec)
        .containsExactlyInAnyOrderElementsOf(layout.tensors());
    for (TensorEntry entry : read.values()) {
      assertThat(TestData.bytes(temp, entry)).isEqualTo(contents.get(entry.name()));
    }
  }

  private Map<String, byte[]> write(SafetensorsLayout layout, Random random) throws IOException {
    Map<String, byte[]> contents = new TreeMap<>();
    try (Scope scope = Scope.open();
        TensorWriter writer = new TensorWriter(new LocalFileStore(temp), RawFiles.NAME, layout)) {
      for (TensorSpec spec : layout.tensors()) {
        byte[] content = new byte[Math.toIntExact(spec.bytes())];
        random.nextBytes(content);
        var tensor = Tensors.empty(spec.dtype(), spec.shape());
        Tensors.buffer(tensor).put(content);
        writer.write(spec, tensor);
        contents.put(spec.name(), content);
      }
      writer.commit();
    }
    return contents;
  }

  private static List<TensorSpec> specs(Random random) {
    List<TensorSpec> specs = new ArrayList<>();
    for (int i = random.nextInt(40); i >= 0; i--) {
      List<Long> dimensions = new ArrayList<>();
      for (int rank = random.nextInt(4); rank > 0; rank--) {
        dimensions.add((long) random.nextInt(7));
      }
      DType dtype = TYPES.get(random.nextInt(TYPES.size()));
      specs.add(new TensorSpec(name(random) + i, dtype, new Shape(dimensions)));
    }
    return specs;
  }

  private static String name(Random random) {
    StringBuilder name = new StringBuilder();
    for (int length = random.nextInt(12); length > 0; length--) {
      name.appendCodePoint(
          switch (random.nextInt(4)) {
            case 0 -> 0x1f600 + random.nextInt(60);
            case 1 -> 0xff21 + random.nextInt(26);
            case 2 -> 'a' + random.nextInt(26);
            default -> " \"{}[]:,_".charAt(random.nextInt(9));
          });
    }
    return name.toString();
  }
}
