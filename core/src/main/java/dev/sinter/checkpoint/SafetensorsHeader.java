/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import static dev.sinter.checkpoint.SafetensorsException.Fault;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The header of a safetensors file: eight bytes of length (little endian), then that many bytes of
 * JSON, then the tensors' bytes without holes. The tensors stand in the order of their bytes.
 */
public record SafetensorsHeader(List<TensorEntry> tensors, Map<String, String> metadata) {
  static final int LENGTH_BYTES = 8;

  /** The format's own limit. */
  static final int MAX_HEADER_BYTES = 100_000_000;

  /** Reads and checks the header of a file. */
  public static SafetensorsHeader read(FileStore store, String file) throws IOException {
    try (RangeReader reader = store.open(file)) {
      return read(reader, file);
    }
  }

  static SafetensorsHeader read(RangeReader reader, String file) throws IOException {
    long size = reader.size();
    if (size < LENGTH_BYTES) {
      throw new SafetensorsException(
          Fault.HEADER_TOO_SMALL, file, "has " + size + " bytes, too few for a safetensors header");
    }
    ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readFully(reader, file, 0, length);
    long headerBytes = length.getLong(0);
    if (Long.compareUnsigned(headerBytes, MAX_HEADER_BYTES) > 0) {
      throw new SafetensorsException(
          Fault.HEADER_TOO_LARGE,
          file,
          "states a header of "
              + Long.toUnsignedString(headerBytes)
              + " bytes; at most "
              + MAX_HEADER_BYTES
              + " are allowed");
    }
    if (headerBytes > size - LENGTH_BYTES) {
      throw new SafetensorsException(
          Fault.INVALID_HEADER_LENGTH,
          file,
          "states a header of "
              + headerBytes
              + " bytes, but only "
              + (size - LENGTH_BYTES)
              + " follow");
    }
    byte[] json = new byte[(int) headerBytes];
    readFully(reader, file, LENGTH_BYTES, ByteBuffer.wrap(json));
    HeaderParser.Parsed parsed = HeaderParser.parse(json, file);
    long start = LENGTH_BYTES + headerBytes;
    return new SafetensorsHeader(
        place(parsed.ranges(), start, size - start, file), parsed.metadata());
  }

  /** Orders the tensors by their bytes and checks that they fill the buffer exactly. */
  private static List<TensorEntry> place(
      List<HeaderParser.Range> ranges, long start, long bufferBytes, String file) {
    List<HeaderParser.Range> ordered =
        ranges.stream()
            .sorted(
                Comparator.comparingLong(HeaderParser.Range::begin)
                    .thenComparingLong(HeaderParser.Range::end))
            .toList();
    long expected = 0;
    for (HeaderParser.Range range : ordered) {
      if (range.begin() != expected) {
        throw new SafetensorsException(
            Fault.INVALID_OFFSET,
            file,
            "tensor "
                + range.spec().name()
                + " begins at byte "
                + range.begin()
                + " of the buffer, "
                + (range.begin() < expected ? "within the tensor before it" : "behind a hole")
                + "; "
                + expected
                + " was expected");
      }
      expected = range.end();
    }
    if (expected != bufferBytes) {
      throw new SafetensorsException(
          Fault.INCOMPLETE_BUFFER,
          file,
          "its tensors take " + expected + " bytes, but " + bufferBytes + " follow the header");
    }
    return ordered.stream()
        .map(range -> new TensorEntry(range.spec(), file, start + range.begin()))
        .collect(Collectors.toUnmodifiableList());
  }

  /** Reads a range of a safetensors file; says which file became shorter. */
  static void readFully(RangeReader reader, String file, long position, ByteBuffer into)
      throws IOException {
    try {
      reader.readFully(position, into);
    } catch (EOFException e) {
      throw new SafetensorsException(
          Fault.TRUNCATED, file, "became shorter while it was read: " + e.getMessage());
    }
  }
}
