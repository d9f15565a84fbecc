/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.SafetensorsException.Fault;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Safetensors files made byte by byte, well-formed or not. */
final class RawFiles {
  static final String NAME = "model.safetensors";

  private RawFiles() {}

  /** A file of that header and a buffer of that many zeros. */
  static byte[] file(String header, int bufferBytes) {
    return file(header.getBytes(StandardCharsets.UTF_8), bufferBytes);
  }

  static byte[] file(byte[] header, int bufferBytes) {
    return ByteBuffer.allocate(Long.BYTES + header.length + bufferBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .array();
  }

  /** A file that states that length of a header, then holds that text. */
  static byte[] stating(long headerBytes, String rest) {
    byte[] text = rest.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Long.BYTES + text.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(headerBytes)
        .put(text)
        .array();
  }

  /** A header of one tensor named t. */
  static String header(String dtype, String shape, String offsets) {
    return "{\"t\":" + tensor(dtype, shape, offsets) + "}";
  }

  static String tensor(String dtype, String shape, String offsets) {
    return "{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}";
  }

  static SafetensorsHeader read(byte[] file) throws IOException {
    return SafetensorsHeader.read(new Memory(ByteBuffer.wrap(file)), NAME);
  }

  static void assertRefused(byte[] file, Fault fault, String detail) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOfSatisfying(
            SafetensorsException.class,
            refused -> assertThat(refused.fault()).as("fault").isEqualTo(fault))
        .hasMessage(NAME + ": " + detail + " (" + fault + ")" + remedy(fault));
  }

  private static String remedy(Fault fault) {
    return List.of(Fault.HEADER_TOO_SMALL, Fault.INVALID_HEADER_LENGTH, Fault.INCOMPLETE_BUFFER)
            .contains(fault)
        ? ". The file is not as it was written: download it again, or copy it again"
        : "";
  }

  private record Memory(ByteBuffer content) implements RangeReader {
    @Override
    public long size() {
      return content.limit();
    }

    @Override
    public void readFully(long position, ByteBuffer into) throws IOException {
      if (position + into.remaining() > content.limit()) {
        throw new EOFException("ends at byte " + content.limit());
      }
      into.put(content.slice((int) position, into.remaining()));
    }

    @Override
    public void close() {}
  }
}
