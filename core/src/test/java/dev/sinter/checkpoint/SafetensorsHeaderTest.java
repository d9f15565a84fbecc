/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import static dev.sinter.checkpoint.RawFiles.file;
import static dev.sinter.checkpoint.RawFiles.header;
import static dev.sinter.checkpoint.RawFiles.read;
import static dev.sinter.checkpoint.RawFiles.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsHeaderTest {

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{}\r \t\n", "  \n{}", "{\"__metadata__\":{}}"})
  void acceptsAFileWithoutTensors(String json) throws IOException {
    assertThat(read(file(json, 0))).isEqualTo(new SafetensorsHeader(List.of(), Map.of()));
  }

  @Test
  void acceptsAScalar() throws IOException {
    assertThat(read(file(header("F32", "[]", "[0,4]"), 4)).tensors())
        .extracting(TensorEntry::spec)
        .containsExactly(new TensorSpec("t", DType.F32, Shape.of()));
  }

  @Test
  void acceptsATensorWithoutElements() throws IOException {
    assertThat(read(file(header("F32", "[2,0]", "[0,0]"), 0)).tensors())
        .extracting(TensorEntry::spec)
        .containsExactly(new TensorSpec("t", DType.F32, Shape.of(2, 0)));
  }

  @Test
  void acceptsEmptyTensorsBetweenOthers() throws IOException {
    String json =
        "{\"b\":%s,\"e\":%s,\"a\":%s}"
            .formatted(
                tensor("U8", "[2]", "[1,3]"),
                tensor("F64", "[0,7]", "[1,1]"),
                tensor("I8", "[]", "[0,1]"));
    assertThat(read(file(json, 3)).tensors())
        .extracting(TensorEntry::name)
        .containsExactly("a", "e", "b");
  }

  @Test
  void placesTensorsBehindTheHeaderInTheOrderOfTheirBytes() throws IOException {
    String json =
        "{\"second\":%s,\"first\":%s}"
            .formatted(tensor("I16", "[2]", "[8,12]"), tensor("I64", "[1]", "[0,8]"));
    long buffer = 8L + json.length();
    assertThat(read(file(json, 12)).tensors())
        .containsExactly(
            new TensorEntry(new TensorSpec("first", DType.I64, Shape.of(1)), RawFiles.NAME, buffer),
            new TensorEntry(
                new TensorSpec("second", DType.I16, Shape.of(2)), RawFiles.NAME, buffer + 8));
  }

  @Test
  void keepsTheMetadata() throws IOException {
    assertThat(read(file("{\"__metadata__\":{\"format\":\"pt\",\"\":\"\"}}", 0)).metadata())
        .isEqualTo(Map.of("format", "pt", "", ""));
  }

  @Test
  void acceptsKeysInAnyOrder() throws IOException {
    String json = "{\"t\":{\"data_offsets\":[0,2],\"shape\":[1],\"dtype\":\"BF16\"}}";
    assertThat(read(file(json, 2)).tensors()).hasSize(1);
  }

  @Test
  void acceptsAHeaderOfMoreThanAMegabyte() throws IOException {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < 30_000; i++) {
      json.append(i == 0 ? "" : ",").append("\"layers.").append(i).append(".weight\":");
      json.append(tensor("U8", "[1]", "[" + i + "," + (i + 1) + "]"));
    }
    byte[] file = file(json.append('}').toString(), 30_000);
    assertThat(file).hasSizeGreaterThan(1 << 20);
    assertThat(read(file).tensors()).hasSize(30_000);
  }

  @ParameterizedTest
  @EnumSource
  void readsEveryTypeThatItWrites(DType dtype) throws IOException {
    SafetensorsLayout layout =
        SafetensorsLayout.of(List.of(new TensorSpec("t", dtype, Shape.of(2, 4))));
    byte[] head = layout.header().array();
    SafetensorsHeader header =
        read(Arrays.copyOf(head, head.length + Math.toIntExact(layout.tensorBytes())));
    assertThat(header.tensors()).extracting(TensorEntry::spec).isEqualTo(layout.tensors());
    assertThat(header.metadata()).isEqualTo(layout.metadata());
  }

  @Test
  void acceptsNamesBeyondAscii() throws IOException {
    assertThat(
            read(file("{\"caf\u00e9 \ud835\udefc\":" + tensor("U8", "[1]", "[0,1]") + "}", 1))
                .tensors())
        .extracting(TensorEntry::name)
        .containsExactly("caf\u00e9 \ud835\udefc");
  }

  @Test
  void acceptsTheLongestName() throws IOException {
    String name = "n".repeat(512);
    assertThat(read(file("{\"" + name + "\":" + tensor("U8", "[1]", "[0,1]") + "}", 1)).tensors())
        .extracting(TensorEntry::name)
        .containsExactly(name);
  }
}
