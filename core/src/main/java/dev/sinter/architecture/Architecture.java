/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Graph;
import java.util.List;

/** A model family. */
public interface Architecture {

  /** Every {@code model_type} in config.json that is this family's. */
  List<String> modelTypes();

  /**
   * The graph of the model that the config describes; every problem of the config is said at once.
   */
  Graph trace(ModelConfig config, TraceOptions options);
}
