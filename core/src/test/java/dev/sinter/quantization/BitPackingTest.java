/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BitPackingTest {
  private static byte[] codes(int... values) {
    byte[] codes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      codes[i] = (byte) values[i];
    }
    return codes;
  }

  private static byte[] randomCodes(Random random, int count, int bits) {
    byte[] codes = new byte[count];
    for (int i = 0; i < count; i++) {
      codes[i] = (byte) (random.nextInt(1 << bits) - (1 << (bits - 1)));
    }
    return codes;
  }

  private static int[] packRows(byte[] codes, int rows, int bits) {
    int columns = codes.length / rows;
    ByteBuffer words = ByteBuffer.allocate((int) (rows * BitPacking.words(columns, bits) * 4));
    BitPacking.packRows(ByteBuffer.wrap(codes), rows, columns, bits, words);
    return ints(words);
  }

  private static int[] packColumns(byte[] codes, int rows, int bits) {
    int columns = codes.length / rows;
    ByteBuffer words = ByteBuffer.allocate((int) (columns * BitPacking.words(rows, bits) * 4));
    BitPacking.packColumns(ByteBuffer.wrap(codes), rows, columns, bits, words);
    return ints(words);
  }

  private static int[] ints(ByteBuffer words) {
    int[] ints = new int[words.capacity() / 4];
    words.order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(ints);
    return ints;
  }

  private static ByteBuffer buffer(int[] words) {
    ByteBuffer buffer = ByteBuffer.allocate(words.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asIntBuffer().put(words);
    return buffer;
  }

  @Test
  void fourBitsGiveTheReferencesWords() {
    assertThat(packRows(codes(-8, -7, -1, 0, 1, 2, 3, 7, 5), 1, 4))
        .containsExactly(0xfba98710, 0xd);
  }

  @Test
  void threeBitsStraddleWordsAsTheReferencesDo() {
    assertThat(packRows(codes(-4, -3, -2, -1, 0, 1, 2, 3, -4, -3, -2, -1, 0), 1, 3))
        .containsExactly(0x88fac688, 0x46);
  }

  @Test
  void eightBitsGiveTheReferencesWords() {
    assertThat(packRows(codes(-128, -1, 0, 1, 127), 1, 8)).containsExactly(0x81807f00, 0xff);
  }

  @Test
  void zeroPointsArePackedAlongRowsAsTheReferencesAre() {
    assertThat(packColumns(codes(-8, 0, 7, 1, 3, 2), 3, 4)).containsExactly(0xbf0, 0xa98);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8})
  void rowIsItsCodesAsOneNumber(int bits) {
    Random random = new Random(bits);
    for (int columns = 1; columns <= 70; columns++) {
      byte[] codes = randomCodes(random, columns, bits);
      BigInteger stream = BigInteger.ZERO;
      for (int i = 0; i < columns; i++) {
        BigInteger unsigned = BigInteger.valueOf(codes[i] + (1 << (bits - 1)));
        stream = stream.or(unsigned.shiftLeft(i * bits));
      }

      int[] words = packRows(codes, 1, bits);

      assertThat(words).hasSize((columns * bits + 31) / 32);
      for (int i = 0; i < words.length; i++) {
        assertThat(words[i]).isEqualTo(stream.shiftRight(32 * i).intValue());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8})
  void unpacksWhatItPackedAlongRows(int bits) {
    Random random = new Random(100L + bits);
    for (int rows : new int[] {1, 2, 5, 33}) {
      for (int columns : new int[] {1, 2, 7, 31, 32, 33, 64, 127}) {
        byte[] codes = randomCodes(random, rows * columns, bits);
        byte[] back = new byte[codes.length];

        ByteBuffer words = buffer(packRows(codes, rows, bits));
        BitPacking.unpackRows(words, rows, columns, bits, ByteBuffer.wrap(back));

        assertThat(back).isEqualTo(codes);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8})
  void unpacksWhatItPackedAlongColumns(int bits) {
    Random random = new Random(200L + bits);
    for (int rows : new int[] {1, 2, 7, 31, 32, 33, 64, 127}) {
      for (int columns : new int[] {1, 2, 5, 33}) {
        byte[] codes = randomCodes(random, rows * columns, bits);
        byte[] back = new byte[codes.length];

        ByteBuffer words = buffer(packColumns(codes, rows, bits));
        BitPacking.unpackColumns(words, rows, columns, bits, ByteBuffer.wrap(back));

        assertThat(back).isEqualTo(codes);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8})
  void columnsOfAMatrixArePackedAsRowsOfItsTranspose(int bits) {
    int rows = 37;
    int columns = 3;
    byte[] codes = randomCodes(new Random(300L + bits), rows * columns, bits);
    byte[] transposed = new byte[codes.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        transposed[column * rows + row] = codes[row * columns + column];
      }
    }

    int[] byColumns = packColumns(codes, rows, bits);
    int[] byRows = packRows(transposed, columns, bits);

    int words = (int) BitPacking.words(rows, bits);
    for (int word = 0; word < words; word++) {
      for (int column = 0; column < columns; column++) {
        assertThat(byColumns[word * columns + column]).isEqualTo(byRows[column * words + word]);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 33})
  void rowsOfFourBitsAreTheirBitsInOrder(int rows) {
    for (int columns : new int[] {1, 7, 8, 9, 16, 20, 24, 40, 72}) {
      byte[] codes = randomCodes(new Random(400L + columns), rows * columns, 4);
      int words = (int) BitPacking.words(columns, 4);
      boolean[] bits = new boolean[rows * words * 32];
      for (int i = 0; i < codes.length; i++) {
        int unsigned = codes[i] + 8;
        int first = i / columns * words * 32 + i % columns * 4;
        for (int bit = 0; bit < 4; bit++) {
          bits[first + bit] = unsigned / (1 << bit) % 2 == 1;
        }
      }

      int[] packed = packRows(codes, rows, 4);

      assertThat(packed).hasSize(rows * words);
      for (int bit = 0; bit < bits.length; bit++) {
        assertThat((packed[bit / 32] >>> bit % 32 & 1) == 1).isEqualTo(bits[bit]);
      }
    }
  }
}
