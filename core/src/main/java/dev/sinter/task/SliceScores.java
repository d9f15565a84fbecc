/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import java.io.Serializable;
import java.util.List;

/**
 * The scores of a slice's windows, in their order, by the model that others are compared with and
 * by the candidate of the task.
 */
public record SliceScores(int slice, List<List<WindowScore>> windows) implements Serializable {
  public SliceScores {
    windows = windows.stream().map(List::copyOf).toList();
  }
}
