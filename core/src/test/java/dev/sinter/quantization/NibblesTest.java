/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NibblesTest {
  private static byte[] random(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  private static byte[] pack(byte[] codes, int offset) {
    byte[] packed = new byte[codes.length / 2];
    Nibbles.pack(ByteBuffer.wrap(codes), ByteBuffer.wrap(packed), offset);
    return packed;
  }

  @Test
  void firstOfAPairIsInTheLowHalf() {
    assertThat(pack(new byte[] {1, 2, 15, 0}, 0)).containsExactly(0x21, 0x0f);
    assertThat(pack(new byte[] {-8, -7, 7, 0}, 8)).containsExactly(0x10, 0x8f);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 15})
  void packsTheLowHalvesAfterAnAdditionWithoutCarry(int offset) {
    for (int count = 0; count <= 50; count += 2) {
      byte[] codes = random(count);
      byte[] expected = new byte[count / 2];
      for (int i = 0; i < expected.length; i++) {
        int low = Math.floorMod(codes[2 * i] + offset, 16);
        int high = Math.floorMod(codes[2 * i + 1] + offset, 16);
        expected[i] = (byte) (16 * high + low);
      }

      assertThat(pack(codes, offset)).as("%d codes", count).isEqualTo(expected);
    }
  }

  @Test
  void unpacksEveryPair() {
    for (int count = 0; count <= 25; count++) {
      byte[] packed = random(count);
      byte[] expected = new byte[2 * count];
      for (int i = 0; i < count; i++) {
        expected[2 * i] = (byte) (Byte.toUnsignedInt(packed[i]) % 16);
        expected[2 * i + 1] = (byte) (Byte.toUnsignedInt(packed[i]) / 16);
      }
      byte[] codes = new byte[2 * count];

      Nibbles.unpack(ByteBuffer.wrap(packed), ByteBuffer.wrap(codes));

      assertThat(codes).as("%d pairs", count).isEqualTo(expected);
    }
  }

  @Test
  void leavesTheCodesAsTheyWere() {
    byte[] codes = random(20);
    byte[] before = codes.clone();
    pack(codes, 8);
    assertThat(codes).isEqualTo(before);
  }
}
