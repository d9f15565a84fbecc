/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.json.Json;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * GPTQ on the fp32 model agrees with the reference. The reference run twice, with another batch
 * size, agrees with itself on 99.7% of the codes, since a code near a boundary turns on the last
 * bit of a sum.
 */
class GptqGoldenTest {
  private static final Logger LOG = LoggerFactory.getLogger(GptqGoldenTest.class);

  @TempDir private Path temp;

  @ParameterizedTest
  @CsvSource({
    "GPTQ_W4A16_static, W4A16, static, 4",
    "GPTQ_W4A16_none, W4A16, null, 4",
    "GPTQ_W4A16_group, W4A16, group, 4",
    "GPTQ_W4A16_ASYM, W4A16_ASYM, static, 4",
    "GPTQ_W8A8, W8A8, static, 8"
  })
  void agreesWithTheReference(String name, String scheme, String order, int bits)
      throws IOException {
    Path output = temp.resolve("out");
    Runs.gptq(TestData.tinyLlamaFp32(), output, "scheme: " + scheme, "actorder: " + order);

    Path golden = TestData.golden().resolve(name);
    Map<String, TensorEntry> expected = TestData.tensors(golden);
    Map<String, TensorEntry> written = TestData.tensors(output);
    long codes = 0;
    long equal = 0;
    for (TensorEntry entry : expected.values()) {
      assertThat(written.get(entry.name()).spec()).isEqualTo(entry.spec());
      byte[] ours = TestData.bytes(output, written.get(entry.name()));
      byte[] theirs = TestData.bytes(golden, entry);
      if (entry.name().endsWith(".weight_scale")) {
        assertScalesAgree(entry.name(), ours, theirs);
      } else if (entry.name().endsWith(".weight_packed") || entry.name().endsWith(".weight")) {
        codes += theirs.length * 8L / bits;
        equal += equalCodes(ours, theirs, bits);
      }
    }
    LOG.info("{}: {} of {} codes equal the reference's", name, equal, codes);
    assertThat((double) equal / codes).as("codes equal to the reference's").isGreaterThan(0.99);
    Json config = TestData.json(output.resolve("config.json")).members().get("quantization_config");
    assertThat(((Json.Obj) config).without("version").members())
        .containsExactlyInAnyOrderEntriesOf(
            TestData.json(golden.resolve("quantization_config.json")).without("version").members());
  }

  private static void assertScalesAgree(String name, byte[] ours, byte[] theirs) {
    var left = ByteBuffer.wrap(ours).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    var right = ByteBuffer.wrap(theirs).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    for (int i = 0; i < left.limit(); i++) {
      assertThat(left.get(i)).as(name).isEqualTo(right.get(i));
    }
  }

  private static long equalCodes(byte[] ours, byte[] theirs, int bits) {
    int mask = (1 << bits) - 1;
    long equal = 0;
    for (int i = 0; i < ours.length; i++) {
      for (int shift = 0; shift < 8; shift += bits) {
        equal += ((ours[i] >> shift) & mask) == ((theirs[i] >> shift) & mask) ? 1 : 0;
      }
    }
    return equal;
  }
}
