/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing;

import dev.sinter.quantization.CompressionFormat;
import dev.sinter.quantization.Presets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The schemes that tests go through. */
public final class Schemes {
  private Schemes() {}

  /** The names of all presets that need no data. */
  public static List<String> datafree() {
    return List.of(Presets.names().split(", ")).stream()
        .filter(name -> !Presets.named(name).needsRanges())
        .toList();
  }

  /** One of them for each way to store weights. */
  public static List<String> waysToStoreWeights() {
    Set<Object> ways = new HashSet<>();
    return datafree().stream()
        .filter(
            name ->
                ways.add(
                    List.of(
                        Presets.named(name).weights(), CompressionFormat.of(Presets.named(name)))))
        .toList();
  }
}
