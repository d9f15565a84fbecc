/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.template;

import java.util.LinkedHashMap;
import java.util.Map;

/** The one value that changes: attributes that a loop may set for what comes after it. */
final class Namespace implements Value {
  private final Map<String, Value> attributes;

  Namespace(Map<String, Value> attributes) {
    this.attributes = new LinkedHashMap<>(attributes);
  }

  void set(String name, Value value) {
    attributes.put(name, value);
  }

  Map<String, Value> attributes() {
    return attributes;
  }
}
