/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import java.io.Serializable;
import java.util.List;

/** The scores of a slice's windows, in their order, by each of the models. */
public record SliceScores(int slice, List<List<WindowScore>> windows) implements Serializable {
  public SliceScores {
    windows = windows.stream().map(List::copyOf).toList();
  }
}
