/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import static dev.sinter.checkpoint.RawFiles.assertRefused;
import static dev.sinter.checkpoint.RawFiles.file;
import static dev.sinter.checkpoint.RawFiles.header;
import static dev.sinter.checkpoint.RawFiles.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.SafetensorsException.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The headers that lenient JSON readers let through. */
class HostileHeaderTest {
  private static final String BYTE = tensor("U8", "[1]", "[0,1]");

  @Test
  void rejectsATensorNamedTwice() {
    assertRefused(
        file("{\"t\":%s,\"t\":%s}".formatted(BYTE, tensor("U8", "[1]", "[1,2]")), 2),
        Fault.DUPLICATE_NAME,
        "its header names \"t\" twice");
  }

  @Test
  void rejectsANameThatIsSpelledInTwoWays() {
    assertRefused(
        file("{\"t\":%s,\"\\u0074\":%s}".formatted(BYTE, tensor("U8", "[1]", "[1,2]")), 2),
        Fault.DUPLICATE_NAME,
        "its header names \"t\" twice");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          dtype        | "dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]
          shape        | "dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]
          data_offsets | "dtype":"U8","shape":[1],"data_offsets":[0,1],"data_offsets":[0,1]
          """)
  void rejectsAKeyThatATensorHasTwice(String key, String members) {
    assertRefused(
        file("{\"t\":{" + members + "}}", 1),
        Fault.DUPLICATE_NAME,
        "tensor t has \"" + key + "\" twice");
  }

  @Test
  void rejectsAKeyThatTheMetadataHasTwice() {
    assertRefused(
        file("{\"__metadata__\":{\"a\":\"1\",\"a\":\"1\"}}", 0),
        Fault.DUPLICATE_NAME,
        "__metadata__ names \"a\" twice");
  }

  @Test
  void rejectsTwoMetadata() {
    assertRefused(
        file("{\"__metadata__\":{},\"__metadata__\":{}}", 0),
        Fault.DUPLICATE_NAME,
        "its header names \"__metadata__\" twice");
  }

  @ParameterizedTest
  @CsvSource({
    "7, a number",
    "1.5, a number",
    "true, a boolean",
    "null, null",
    "[], a list",
    "{}, a map"
  })
  void rejectsMetadataThatIsNoString(String value, String kind) {
    assertRefused(
        file("{\"__metadata__\":{\"format\":" + value + "}}", 0),
        Fault.INVALID_METADATA,
        "__metadata__ holds " + kind + " under \"format\"; only strings are allowed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "\"pt\"", "null", "1"})
  void rejectsMetadataThatIsNoMap(String value) {
    assertRefused(
        file("{\"__metadata__\":" + value + "}", 0),
        Fault.INVALID_METADATA,
        "__metadata__ is not a map");
  }

  @Test
  void rejectsATensorNamedMetadata() {
    assertRefused(
        file("{\"__metadata__\":" + BYTE + "}", 1),
        Fault.INVALID_METADATA,
        "__metadata__ holds a list under \"shape\"; only strings are allowed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "-0", "-9223372036854775809"})
  void rejectsANegativeOffset(String begin) {
    assertRefused(
        file(header("U8", "[1]", "[" + begin + ",1]"), 1),
        Fault.INVALID_TENSOR_INFO,
        "tensor t has a negative number \"" + begin + "\" in its data_offsets");
  }

  @Test
  void rejectsANegativeDimension() {
    assertRefused(
        file(header("U8", "[-1]", "[0,1]"), 1),
        Fault.INVALID_TENSOR_INFO,
        "tensor t has a negative number \"-1\" in its shape");
  }

  @ParameterizedTest
  @CsvSource({"1.0", "0.5", "1e0", "1E0", "1e400", "true", "null", "[", "{"})
  void rejectsAnOffsetThatIsNoWholeNumber(String end) {
    String closed = end.equals("[") ? "[1]" : end.equals("{") ? "{}" : end;
    assertRefused(
        file(header("U8", "[1]", "[0," + closed + "]"), 1),
        Fault.INVALID_TENSOR_INFO,
        "tensor t has \"" + end + "\" in its data_offsets; whole numbers are expected");
  }

  @Test
  void rejectsAnOffsetThatIsAString() {
    assertRefused(
        file(header("U8", "[1]", "[0,\"1\"]"), 1),
        Fault.INVALID_TENSOR_INFO,
        "tensor t has \"1\" in its data_offsets; whole numbers are expected");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9007199254740993",
        "9223372036854775808",
        "18446744073709551615",
        "36893488147419103232"
      })
  void rejectsAnOffsetBeyondAnyFile(String end) {
    assertRefused(
        file(header("U8", "[1]", "[0," + end + "]"), 1),
        Fault.INVALID_OFFSET,
        "tensor t has \"" + end + "\" in its data_offsets, beyond what a file can hold");
  }

  @Test
  void rejectsANumberOfAThousandDigits() {
    assertRefused(
        file(header("U8", "[" + "9".repeat(1000) + "]", "[0,1]"), 1),
        Fault.HEADER_NOT_JSON,
        "its header is not JSON: nested or spelled beyond all measure");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [100000 deep                            | INVALID_TENSOR_INFO | tensor a is described by a list, not by a map
          {"shape":[100000 deep                   | INVALID_TENSOR_INFO | tensor a has "[" in its shape; whole numbers are expected
          {"dtype":[100000 deep                   | INVALID_TENSOR_INFO | tensor a has a dtype that is a list, not a string
          """)
  void rejectsDeepNesting(String begin, Fault fault, String detail) {
    String json = "{\"a\":" + begin.replace("100000 deep", "[".repeat(100_000));
    assertRefused(file(json, 0), fault, detail);
  }

  @Test
  void rejectsAShapeOfTooManyDimensions() {
    assertRefused(
        file(header("U8", "[" + "1,".repeat(1_000_000) + "1]", "[0,1]"), 1),
        Fault.INVALID_TENSOR_INFO,
        "tensor t has more than 64 numbers in its shape");
  }

  @ParameterizedTest
  @ValueSource(strings = {"F128", "f32", "BFLOAT16", "", "F32 "})
  void rejectsAnUnknownDtype(String dtype) {
    assertRefused(
        file(header(dtype, "[1]", "[0,4]"), 4),
        Fault.UNKNOWN_DTYPE,
        "tensor t has an unknown dtype \"" + dtype + "\"");
  }

  @Test
  void saysOnlyTheBeginOfALongDtype() {
    assertRefused(
        file(header("F".repeat(1000), "[1]", "[0,4]"), 4),
        Fault.UNKNOWN_DTYPE,
        "tensor t has an unknown dtype \"" + "F".repeat(60) + "...\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"dtype":7,"shape":[],"data_offsets":[0,1]}             | has a dtype that is a number, not a string
          {"dtype":"U8","shape":{},"data_offsets":[0,1]}          | has shape that is a map, not a list
          {"dtype":"U8","shape":[],"data_offsets":"0"}            | has data_offsets that is a string, not a list
          {"dtype":"U8","shape":[],"data_offsets":[0]}            | needs two data_offsets; it has [0]
          {"dtype":"U8","shape":[],"data_offsets":[0,1,2]}        | needs two data_offsets; it has [0, 1, 2]
          {"dtype":"U8","shape":[]}                               | needs dtype, shape and data_offsets; it has [dtype, shape]
          {}                                                      | needs dtype, shape and data_offsets; it has []
          {"dtype":"U8","stride":[1]}                             | has an unknown key "stride"
          null                                                    | is described by null, not by a map
          false                                                   | is described by a boolean, not by a map
          """)
  void rejectsAnIncompleteDescription(String description, String detail) {
    assertRefused(
        file("{\"t\":" + description + "}", 1), Fault.INVALID_TENSOR_INFO, "tensor t " + detail);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          a/b            | a/b   | 3
          ../etc/passwd  | ../etc/passwd | 13
          a..b           | a..b  | 4
          a\\\\b         | a\\b  | 3
          a\\u0000b      | a?b   | 3
          a\\nb          | a?b   | 3
          a\\u007fb      | a?b   | 3
          a\\u009bb      | a?b   | 3
          a\\ud800b      | a?b   | 3
          ``             | ``    | 0
          """)
  void rejectsANameThatIsNoPlainWord(String spelled, String shown, int length) {
    assertRefused(
        file("{\"" + spelled + "\":" + BYTE + "}", 1),
        Fault.INVALID_NAME,
        refusedName(shown, length));
  }

  /** Whether Jackson refuses the name or we do depends on its version; the fault does not. */
  @Test
  void rejectsANameOfAMegabyte() {
    byte[] content = file("{\"" + "n".repeat(1 << 20) + "\":" + BYTE + "}", 1);
    assertThatThrownBy(() -> RawFiles.read(content))
        .isInstanceOfSatisfying(
            SafetensorsException.class, e -> assertThat(e.fault()).isEqualTo(Fault.INVALID_NAME))
        .hasMessageContaining(" is refused: at most 512 characters");
  }

  private static String refusedName(String shown, int length) {
    return "tensor name \""
        + shown
        + "\" ("
        + length
        + " characters) is refused: at most 512 characters, no slash, no \"..\", no control"
        + " characters";
  }
}
