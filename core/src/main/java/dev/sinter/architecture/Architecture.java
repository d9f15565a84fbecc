/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Graph;

/** A model family. */
public interface Architecture {

  /** The {@code model_type} in config.json. */
  String modelType();

  /**
   * The graph of the model that the config describes; every problem of the config is said at once.
   */
  Graph trace(ModelConfig config);
}
