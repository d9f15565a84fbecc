/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import java.util.Arrays;

/**
 * Cuts as Transformers does: what a tokenizer sets behind a text stays, and the text's own tokens
 * make room for it.
 */
record Truncation(Tokenizer tokenizer, int maxLength) {

  int[] text(String text) {
    int[] ids = tokenizer.encode(text);
    if (ids.length <= maxLength) {
      return ids;
    }
    int behind = Math.min(behind(), maxLength);
    int[] cut = Arrays.copyOf(ids, maxLength);
    System.arraycopy(ids, ids.length - behind, cut, maxLength - behind, behind);
    return cut;
  }

  /** A chat template has set its tokens itself. */
  int[] rendered(String text) {
    int[] ids = tokenizer.encodeRendered(text);
    return ids.length <= maxLength ? ids : Arrays.copyOf(ids, maxLength);
  }

  /** How many tokens are set behind any text. */
  private int behind() {
    String any = "a";
    int[] ids = tokenizer.encode(any);
    int[] own = tokenizer.encodeRendered(any);
    int before = 0;
    while (before + own.length < ids.length
        && !Arrays.equals(ids, before, before + own.length, own, 0, own.length)) {
      before++;
    }
    return ids.length - own.length - before;
  }
}
