/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where each tensor of a file will lie, known before any of them is. Every tensor begins at a
 * multiple of its element's size, which clients that map files rely on; the header is padded with
 * spaces to eight bytes.
 */
public record SafetensorsLayout(List<TensorSpec> tensors, Map<String, String> metadata)
    implements Serializable {
  private static final int ALIGNMENT = 8;
  private static final Map<String, String> PYTORCH = Map.of("format", "pt");
  private static final Comparator<TensorSpec> ORDER =
      Comparator.comparing(TensorSpec::dtype)
          .reversed()
          .thenComparing(TensorSpec::name, JsonWriter.CODE_POINT_ORDER);

  public SafetensorsLayout {
    tensors = List.copyOf(tensors);
    metadata = Map.copyOf(metadata);
    if (tensors.stream().anyMatch(tensor -> tensor.name().equals(HeaderParser.METADATA))) {
      throw new IllegalArgumentException("A tensor cannot be named " + HeaderParser.METADATA);
    }
    long names = tensors.stream().map(TensorSpec::name).distinct().count();
    if (names != tensors.size()) {
      throw new IllegalArgumentException(
          "A tensor stands twice among " + tensors.stream().map(TensorSpec::name).toList());
    }
  }

  /**
   * Tensors sorted by descending type and then by name, with the metadata that Transformers asks
   * for: the bytes equal those of the format's own writer.
   */
  public static SafetensorsLayout of(List<TensorSpec> tensors) {
    return sorted(tensors, PYTORCH);
  }

  static SafetensorsLayout sorted(List<TensorSpec> tensors, Map<String, String> metadata) {
    return new SafetensorsLayout(tensors.stream().sorted(ORDER).toList(), metadata);
  }

  /**
   * Tensors in the order that they are given in, so that what is made together can be written
   * together; those whose bytes would leave the next one misaligned come last, sorted.
   */
  public static SafetensorsLayout streamed(List<TensorSpec> tensors) {
    List<TensorSpec> ordered = new ArrayList<>();
    List<TensorSpec> uneven = new ArrayList<>();
    tensors.forEach(tensor -> (tensor.bytes() % ALIGNMENT == 0 ? ordered : uneven).add(tensor));
    uneven.sort(
        Comparator.comparingInt((TensorSpec tensor) -> tensor.dtype().bits())
            .reversed()
            .thenComparing(TensorSpec::name, JsonWriter.CODE_POINT_ORDER));
    ordered.addAll(uneven);
    return new SafetensorsLayout(ordered, PYTORCH);
  }

  /** The length, the JSON and its padding. */
  public ByteBuffer header() {
    Map<String, Json> members = new LinkedHashMap<>();
    if (!metadata.isEmpty()) {
      members.put(HeaderParser.METADATA, Json.of(sortedMetadata()));
    }
    long offset = 0;
    for (TensorSpec tensor : tensors) {
      long end = Math.addExact(offset, tensor.bytes());
      members.put(
          tensor.name(),
          Json.object(
              "dtype", tensor.dtype().name(),
              "shape", tensor.shape().dimensions(),
              "data_offsets", List.of(offset, end)));
      offset = end;
    }
    byte[] json = JsonWriter.compact(new Json.Obj(members)).getBytes(StandardCharsets.UTF_8);
    int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (padded > SafetensorsHeader.MAX_HEADER_BYTES) {
      throw new SafetensorsException(
          SafetensorsException.Fault.HEADER_TOO_LARGE,
          "(to be written)",
          "its header would have "
              + padded
              + " bytes; at most "
              + SafetensorsHeader.MAX_HEADER_BYTES
              + " are allowed");
    }
    ByteBuffer header = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(padded).put(json);
    while (header.hasRemaining()) {
      header.put((byte) ' ');
    }
    return header.flip();
  }

  private Map<String, String> sortedMetadata() {
    Map<String, String> sorted = new TreeMap<>(JsonWriter.CODE_POINT_ORDER);
    sorted.putAll(metadata);
    return sorted;
  }

  /** The bytes of the tensors, without the header. */
  public long tensorBytes() {
    return tensors.stream().mapToLong(TensorSpec::bytes).sum();
  }
}
