/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * A unit that was solved: the file in the workspace that holds its tensors, figures about each
 * module, how long it took, and the kind of machine it was computed on.
 */
public record SolvedUnit(
    String id,
    String file,
    String sha256,
    List<ModuleFigures> modules,
    double seconds,
    String platform)
    implements Serializable {

  /**
   * Figures about a module, or about some of its rows, and a checksum (CRC-32C) of the weights as
   * they were read.
   */
  public record ModuleFigures(
      String module, long firstRow, long rows, String sourceCrc32c, Map<String, Double> figures)
      implements Serializable {}
}
