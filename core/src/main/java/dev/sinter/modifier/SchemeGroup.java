/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.quantization.CompressionFormat;
import dev.sinter.quantization.QuantizationScheme;
import java.util.List;

/** Targets that share a scheme, and the format that their codes are stored in. */
public record SchemeGroup(
    List<String> targets, QuantizationScheme scheme, CompressionFormat format) {
  public SchemeGroup {
    targets = List.copyOf(targets);
  }

  public SchemeGroup(List<String> targets, QuantizationScheme scheme) {
    this(targets, scheme, CompressionFormat.of(scheme));
  }

  /** The same group with another scheme. */
  public SchemeGroup withScheme(QuantizationScheme other) {
    return new SchemeGroup(targets, other, format);
  }
}
