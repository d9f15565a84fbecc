/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

/** The application as a program of its own: the one place that exits. */
public final class Launcher {
  private Launcher() {}

  public static void main(String[] args) {
    System.exit(Sinter.run(System.out, System.err, args));
  }
}
