/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import dev.sinter.problem.RequestException;

/** A file is not the safetensors file that it should be. */
public final class SafetensorsException extends RequestException {
  private static final long serialVersionUID = 1L;

  /** What is wrong with it. */
  public enum Fault {
    /** The file has fewer than the eight bytes that state the header's length. */
    HEADER_TOO_SMALL,
    /** The stated header is longer than the format allows. */
    HEADER_TOO_LARGE,
    /** The stated header is longer than the file. */
    INVALID_HEADER_LENGTH,
    HEADER_NOT_UTF8,
    /** Not JSON, or nested deeper than any header is. */
    HEADER_NOT_JSON,
    /** A tensor, or a key within one, stands twice. */
    DUPLICATE_NAME,
    /** The metadata is not a map of strings to strings. */
    INVALID_METADATA,
    /** A tensor's name is too long, or could be taken for a path. */
    INVALID_NAME,
    /** A tensor's description lacks a part, has one too many, or one of the wrong type. */
    INVALID_TENSOR_INFO,
    UNKNOWN_DTYPE,
    /** The elements, or their bytes, exceed what a number of 64 bits can count. */
    SHAPE_OVERFLOW,
    /** A tensor of a sub-byte type ends within a byte. */
    MISALIGNED,
    /** The range of bytes has not the size that shape and type say. */
    SIZE_MISMATCH,
    /** The ranges leave a hole, overlap, or run backwards. */
    INVALID_OFFSET,
    /** The tensors end before the file does, or behind it. */
    INCOMPLETE_BUFFER,
    /** The file became shorter while it was read. */
    TRUNCATED
  }

  private final Fault fault;

  SafetensorsException(Fault fault, String file, String detail) {
    super(file + ": " + detail + " (" + fault + ")" + remedy(fault));
    this.fault = fault;
  }

  /** A file whose length is not what it says itself was most often cut short on its way. */
  private static String remedy(Fault fault) {
    return switch (fault) {
      case HEADER_TOO_SMALL, INVALID_HEADER_LENGTH, INCOMPLETE_BUFFER ->
          ". The file is not as it was written: download it again, or copy it again";
      default -> "";
    };
  }

  public Fault fault() {
    return fault;
  }
}
