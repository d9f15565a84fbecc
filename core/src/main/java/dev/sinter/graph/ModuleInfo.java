/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.io.Serializable;

/** A module of the model, by the name and the class that Transformers gives it. */
public record ModuleInfo(String name, String className) implements Serializable {
  public static final String LINEAR = "Linear";
  public static final String EMBEDDING = "Embedding";
}
