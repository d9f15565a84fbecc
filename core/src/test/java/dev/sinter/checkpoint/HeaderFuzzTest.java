/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are, a header is consistent or refused. */
class HeaderFuzzTest {
  private static final int MUTATIONS = 5_000;
  private static final String TOKENS = "{}[]\",:0123456789.-+eE \\u\0\t\u00ff_/F";

  private final Random random = new Random(42);

  @Test
  void parsesOrRefusesEveryMutation() {
    byte[] valid = valid();
    assertTimeoutPreemptively(
        ofSeconds(20),
        () -> {
          int refused = 0;
          for (int i = 0; i < MUTATIONS; i++) {
            refused += isRefused(mutated(valid)) ? 1 : 0;
          }
          assertThat(refused).isBetween(MUTATIONS / 2, MUTATIONS - 1);
        });
  }

  private static boolean isRefused(byte[] file) throws IOException {
    SafetensorsHeader header;
    try {
      header = RawFiles.read(file);
    } catch (SafetensorsException e) {
      assertThat(e)
          .hasMessageStartingWith(RawFiles.NAME + ": ")
          .hasMessageContaining("(" + e.fault() + ")");
      assertThat(e.getMessage()).hasSizeLessThan(1000);
      return true;
    }
    long end = file.length;
    for (int i = header.tensors().size() - 1; i >= 0; i--) {
      TensorEntry entry = header.tensors().get(i);
      assertThat(entry.offset() + entry.spec().bytes()).as("end of %s", entry).isEqualTo(end);
      end = entry.offset();
    }
    assertThat(header.tensors()).extracting(TensorEntry::name).doesNotHaveDuplicates();
    return false;
  }

  private byte[] mutated(byte[] valid) {
    byte[] bytes = valid.clone();
    for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(6)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> bytes[at] = (byte) TOKENS.charAt(random.nextInt(TOKENS.length()));
        case 3 -> bytes = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length + 8));
        case 4 -> copyWithin(bytes, at);
        default -> bytes[random.nextInt(Math.min(bytes.length, 8))] = (byte) random.nextInt();
      }
    }
    return bytes;
  }

  private void copyWithin(byte[] bytes, int from) {
    int length = random.nextInt(Math.min(40, bytes.length - from) + 1);
    System.arraycopy(bytes, from, bytes, random.nextInt(bytes.length - length + 1), length);
  }

  private static byte[] valid() {
    String json =
        "{\"__metadata__\":{\"format\":\"pt\"},\"a\":%s,\"caf\u00e9\":%s,\"empty\":%s,\"s\":%s}"
            .formatted(
                RawFiles.tensor("F32", "[2,3]", "[0,24]"),
                RawFiles.tensor("F4", "[2,2]", "[24,26]"),
                RawFiles.tensor("BF16", "[2,0]", "[26,26]"),
                RawFiles.tensor("I64", "[]", "[26,34]"));
    return RawFiles.file(json, 34);
  }
}
