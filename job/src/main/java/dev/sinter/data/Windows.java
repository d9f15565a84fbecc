/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cuts token ids into windows that follow each other. */
final class Windows {
  private Windows() {}

  /** So many windows of a length, at most; what is left behind the last is dropped. */
  static List<int[]> of(int[] ids, int length, int count) {
    List<int[]> windows = new ArrayList<>();
    for (int start = 0; start + length <= ids.length && windows.size() < count; start += length) {
      windows.add(Arrays.copyOfRange(ids, start, start + length));
    }
    return windows;
  }
}
