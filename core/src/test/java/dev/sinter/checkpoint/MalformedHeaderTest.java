/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import static dev.sinter.checkpoint.RawFiles.assertRefused;
import static dev.sinter.checkpoint.RawFiles.file;
import static dev.sinter.checkpoint.RawFiles.header;
import static dev.sinter.checkpoint.RawFiles.stating;
import static dev.sinter.checkpoint.RawFiles.tensor;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.sinter.checkpoint.SafetensorsException.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files that the format's own reader refuses. */
class MalformedHeaderTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7})
  void rejectsAFileTooShortForALength(int bytes) {
    assertRefused(
        new byte[bytes],
        Fault.HEADER_TOO_SMALL,
        "has " + bytes + " bytes, too few for a safetensors header");
  }

  @Test
  void rejectsAHeaderBeyondTheLimit() {
    assertRefused(
        stating(100_000_001, ""),
        Fault.HEADER_TOO_LARGE,
        "states a header of 100000001 bytes; at most 100000000 are allowed");
  }

  @Test
  void rejectsALengthWithTheSignBitSet() {
    assertRefused(
        stating(0xffff_ff00_0000_003cL, ""),
        Fault.HEADER_TOO_LARGE,
        "states a header of 18446742974197923900 bytes; at most 100000000 are allowed");
  }

  @Test
  void rejectsALengthOfAllBits() {
    assertRefused(
        stating(-1, "{}"),
        Fault.HEADER_TOO_LARGE,
        "states a header of 18446744073709551615 bytes; at most 100000000 are allowed");
  }

  @Test
  void rejectsAHeaderBehindTheEndOfTheFile() {
    assertRefused(
        stating(60, ""),
        Fault.INVALID_HEADER_LENGTH,
        "states a header of 60 bytes, but only 0 follow");
  }

  @Test
  void rejectsAHeaderOneByteShort() {
    assertRefused(
        stating(3, "{}"),
        Fault.INVALID_HEADER_LENGTH,
        "states a header of 3 bytes, but only 2 follow");
  }

  @Test
  void rejectsAHeaderThatIsNotUtf8() {
    assertRefused(
        file(new byte[] {(byte) 0xff}, 0), Fault.HEADER_NOT_UTF8, "its header is not UTF-8");
  }

  @Test
  void rejectsAHeaderThatEndsWithinACharacter() {
    assertRefused(
        file(new byte[] {'{', '}', ' ', (byte) 0xc3}, 0),
        Fault.HEADER_NOT_UTF8,
        "its header is not UTF-8");
  }

  @Test
  void rejectsAHeaderThatIsNotJson() {
    assertRefused(
        file("{", 0),
        Fault.HEADER_NOT_JSON,
        "its header is not JSON: Unexpected end-of-input: expected close marker for Object");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "   ", "[]", "7", "null", "\"{}\""})
  void rejectsAHeaderThatIsNoObject(String json) {
    assertRefused(file(json, 0), Fault.HEADER_NOT_JSON, "its header is not a JSON object");
  }

  @Test
  void rejectsASecondObjectBehindTheHeader() {
    assertRefused(
        file("{}{}", 0), Fault.HEADER_NOT_JSON, "its header has text behind the JSON object");
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 100_000})
  void rejectsManyTensorsOverTheSameBytes(int count) {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < count; i++) {
      json.append(i == 0 ? "" : ",").append("\"t").append(i).append("\":");
      json.append(tensor("F32", "[2,2]", "[0,16]"));
    }
    byte[] file = file(json.append('}').toString(), 16);
    assertTimeoutPreemptively(
        ofSeconds(5),
        () ->
            assertRefused(
                file,
                Fault.INVALID_OFFSET,
                "tensor t1 begins at byte 0 of the buffer, within the tensor before it;"
                    + " 16 was expected"));
  }

  @Test
  void rejectsBytesBehindTheLastTensor() {
    assertRefused(
        file(header("I32", "[2,2]", "[0,16]"), 18),
        Fault.INCOMPLETE_BUFFER,
        "its tensors take 16 bytes, but 18 follow the header");
  }

  @Test
  void rejectsABufferTwoBytesShort() {
    assertRefused(
        file(header("I32", "[2,2]", "[0,16]"), 14),
        Fault.INCOMPLETE_BUFFER,
        "its tensors take 16 bytes, but 14 follow the header");
  }

  @Test
  void rejectsBytesBehindAHeaderWithoutTensors() {
    assertRefused(
        file("{}", 1),
        Fault.INCOMPLETE_BUFFER,
        "its tensors take 0 bytes, but 1 follow the header");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          I32 | [2, 2]    | 16 | 4
          I32 | [2, 2]    | 16 | 17
          F4  | [2, 2]    | 2  | 1
          F32 | []        | 4  | 0
          F32 | [0, 1000] | 0  | 4
          """)
  void rejectsARangeOfAnotherSize(String dtype, String shape, String needed, int end) {
    assertRefused(
        file(header(dtype, shape, "[0," + end + "]"), end),
        Fault.SIZE_MISMATCH,
        "tensor t of %s %s needs %s bytes, but its offsets [0, %s] span %s"
            .formatted(dtype, shape, needed, end, end));
  }

  @ParameterizedTest
  @ValueSource(strings = {"9223372036854775808", "18446744073709551614", "36893488147419103232"})
  void rejectsADimensionBeyond63Bits(String dimension) {
    assertRefused(
        file(header("F32", "[2," + dimension + "]", "[0,16]"), 16),
        Fault.SHAPE_OVERFLOW,
        "tensor t has \"" + dimension + "\" in its shape, beyond what a file can hold");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[2, 9223372036854775807]",
        "[4294967296, 4294967296]",
        "[9223372036854775807, 2, 0]",
        "[9223372036854775807]"
      })
  void rejectsAShapeWhoseBytesOverflow(String shape) {
    assertRefused(
        file(header("F32", shape, "[0,16]"), 16),
        Fault.SHAPE_OVERFLOW,
        "tensor t has a shape " + shape + " of F32 beyond 64 bits");
  }

  @ParameterizedTest
  @CsvSource({"F4, 3", "F6_E2M3, 2", "F6_E3M2, 1"})
  void rejectsATensorThatEndsWithinAByte(String dtype, int elements) {
    assertRefused(
        file(header(dtype, "[" + elements + "]", "[0,2]"), 2),
        Fault.MISALIGNED,
        "tensor t of " + dtype + " [" + elements + "] ends within a byte");
  }

  @Test
  void rejectsAnEndBeforeTheBegin() {
    assertRefused(
        file(header("U8", "[2]", "[4,2]"), 4),
        Fault.INVALID_OFFSET,
        "tensor t ends at byte 2, before its begin 4");
  }

  @Test
  void rejectsAHoleBetweenTensors() {
    String json =
        "{\"a\":%s,\"b\":%s}".formatted(tensor("U8", "[2]", "[0,2]"), tensor("U8", "[1]", "[3,4]"));
    assertRefused(
        file(json, 4),
        Fault.INVALID_OFFSET,
        "tensor b begins at byte 3 of the buffer, behind a hole; 2 was expected");
  }

  @Test
  void rejectsAHoleBeforeTheFirstTensor() {
    assertRefused(
        file(header("U8", "[2]", "[1,3]"), 3),
        Fault.INVALID_OFFSET,
        "tensor t begins at byte 1 of the buffer, behind a hole; 0 was expected");
  }

  @Test
  void rejectsTensorsThatShareAByte() {
    String json =
        "{\"b\":%s,\"a\":%s}".formatted(tensor("U8", "[2]", "[2,4]"), tensor("U8", "[3]", "[0,3]"));
    assertRefused(
        file(json, 4),
        Fault.INVALID_OFFSET,
        "tensor b begins at byte 2 of the buffer, within the tensor before it; 3 was expected");
  }

  @Test
  void rejectsAnEmptyTensorWithinAnother() {
    String json =
        "{\"a\":%s,\"e\":%s}".formatted(tensor("U8", "[4]", "[0,4]"), tensor("U8", "[0]", "[2,2]"));
    assertRefused(
        file(json, 4),
        Fault.INVALID_OFFSET,
        "tensor e begins at byte 2 of the buffer, within the tensor before it; 4 was expected");
  }
}
