/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.yaml;

import dev.sinter.problem.RequestException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text from bytes; bytes that are none are refused, not replaced. */
public final class Utf8 {
  private Utf8() {}

  public static String text(String name, byte[] content) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      throw new RequestException(name + " is not UTF-8; save it as UTF-8", e);
    }
  }
}
