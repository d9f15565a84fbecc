/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import java.util.List;

/** ModelOpt's section {@code quantize}: its rules, and what is done by them. */
public record QuantizeSection(List<Modifier> modifiers, Json.Obj json) {
  public QuantizeSection {
    modifiers = List.copyOf(modifiers);
  }
}
