/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.SafetensorsLayout;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A single tensor of more than 2 GiB, which no array and no buffer spans. */
@Tag("slow")
class HugeTensorTest {
  private static final int ROWS = 1_100_000;
  private static final int COLUMNS = 1024;

  @TempDir private Path temp;

  @Test
  void isQuantizedToItsLastRow() throws IOException {
    Path model = temp.resolve("model");
    write(model);

    Path output = temp.resolve("out");
    Runs.datafree(model, output, "W2A16");

    TensorEntry packed = TestData.tensors(output).get("model.layers.0.mlp.up_proj.weight_packed");
    assertThat(packed.spec().shape()).isEqualTo(Shape.of(ROWS, COLUMNS / 16));
    // Zeros have the code 0, which is stored as 2; ones have the largest code, stored as 3.
    assertThat(firstBytes(output, packed, 0)).containsOnly((byte) 0xaa);
    assertThat(firstBytes(output, packed, ROWS - 2)).containsOnly((byte) 0xaa);
    assertThat(firstBytes(output, packed, ROWS - 1)).containsOnly((byte) 0xff);
  }

  private static byte[] firstBytes(Path folder, TensorEntry packed, long row) throws IOException {
    byte[] bytes = new byte[Integer.BYTES];
    try (RandomAccessFile file =
        new RandomAccessFile(folder.resolve(packed.file()).toFile(), "r")) {
      file.seek(packed.offset() + row * (COLUMNS / 16) * Integer.BYTES);
      file.readFully(bytes);
    }
    return bytes;
  }

  /** A file with a hole: zeros, and a last row of ones in bfloat16. */
  private static void write(Path model) throws IOException {
    Files.createDirectories(model);
    Files.writeString(
        model.resolve("config.json"), JsonWriter.pretty(Json.object("model_type", "mistral")));
    TensorSpec weight =
        new TensorSpec("model.layers.0.mlp.up_proj.weight", DType.BF16, Shape.of(ROWS, COLUMNS));
    assertThat(weight.bytes()).isGreaterThan(1L << 31);
    ByteBuffer header = SafetensorsLayout.of(List.of(weight)).header();
    byte[] ones = new byte[COLUMNS * 2];
    for (int i = 0; i < COLUMNS; i++) {
      ones[2 * i] = (byte) 0x80;
      ones[2 * i + 1] = 0x3f;
    }
    try (RandomAccessFile file =
        new RandomAccessFile(model.resolve("model.safetensors").toFile(), "rw")) {
      int dataStart = header.remaining();
      file.getChannel().write(header);
      file.seek(dataStart + weight.bytes() - ones.length);
      file.write(ones);
    }
  }
}
