/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.SmoothingPair;
import dev.sinter.graph.SmoothingPairs;
import java.util.List;

/** What a method smooths, and how. */
public interface Smoothing {

  Smoother smoother();

  /** The pairs of a model that the method's settings mean, in the order in which they are done. */
  Choice pairs(SmoothingPairs pairs, List<ModuleInfo> modules);

  /**
   * What was found of the settings in a model.
   *
   * @param notices what a person should know, such as pairs that are left out and why
   * @param problems what cannot be done as the settings say
   */
  record Choice(List<SmoothingPair> pairs, List<String> notices, List<String> problems) {
    public Choice {
      pairs = List.copyOf(pairs);
      notices = List.copyOf(notices);
      problems = List.copyOf(problems);
    }
  }
}
