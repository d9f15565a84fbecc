/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import dev.sinter.quantizer.NumberFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** Configurations as data. */
final class Configs {
  private Configs() {}

  /** The same data with e4m3 and its like as pairs, wherever they stand. */
  static Json withFloats(Json value) {
    if (value instanceof Json.Obj object) {
      Map<String, Json> members = new LinkedHashMap<>();
      object.members().forEach((name, member) -> members.put(name, withFloats(member)));
      return new Json.Obj(members);
    }
    if (value instanceof Json.Arr array) {
      return new Json.Arr(array.items().stream().map(Configs::withFloats).toList());
    }
    boolean notation =
        value instanceof Json.Str text && NumberFormat.EXMY.matcher(text.value()).matches();
    return notation ? NumberFormat.of(value).orElseThrow().json() : value;
  }
}
