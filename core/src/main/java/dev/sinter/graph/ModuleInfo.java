/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.io.Serializable;

/** A module of the model, by the name and the class that Transformers gives it. */
public record ModuleInfo(String name, String className) implements Serializable {
  public static final String LINEAR = "Linear";
  public static final String EMBEDDING = "Embedding";

  /**
   * What chooses experts: a matrix that is no linear module to a method, but may be one to a
   * client.
   */
  public static final String ROUTER = "Router";
}
