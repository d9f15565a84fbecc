/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.problem.Problems;

/** A command that finds wrong flags by itself. */
interface Checked {
  /** Adds what is wrong with flags that could be read. */
  void check(Problems problems);
}
