/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import java.io.Serializable;
import java.util.Locale;

/** A place in a running model where a checkpoint may want activations to be rounded. */
public record ActivationPoint(String module, Role role) implements Serializable {

  /** What an activation is to its module. */
  public enum Role {
    INPUT("input"),
    OUTPUT("output"),
    QUERY("q"),
    KEY("k"),
    VALUE("v");

    private final String prefix;

    Role(String prefix) {
      this.prefix = prefix;
    }
  }

  /** The name of the tensor that holds a parameter, such as {@code scale}. */
  public String tensor(String parameter) {
    return module + "." + role.prefix + "_" + parameter;
  }

  @Override
  public String toString() {
    return module + " (" + role.name().toLowerCase(Locale.ROOT) + ")";
  }
}
