/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import java.io.Serializable;

/** A tensor and where its bytes lie: the file in its folder, and the first byte in that file. */
public record TensorEntry(TensorSpec spec, String file, long offset) implements Serializable {
  public String name() {
    return spec.name();
  }
}
