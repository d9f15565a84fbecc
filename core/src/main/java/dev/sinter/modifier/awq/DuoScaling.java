/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.awq;

import java.util.ArrayList;
import java.util.List;

/** Whether weights have a say in the factors that are tried, beside activations. */
enum DuoScaling {
  OFF,
  ON,
  /** Half of the factors with, half without. */
  BOTH;

  /** Factors to try: x^ratio, and if duo, by w^(1-ratio). */
  record Point(double ratio, boolean duo) {}

  /** What is tried, as the reference's grids have it; the first point leaves all as it is. */
  List<Point> grid(int points) {
    List<Point> grid = new ArrayList<>();
    switch (this) {
      case OFF -> add(grid, points, false);
      case ON -> {
        grid.add(new Point(0, false));
        add(grid, points - 1, true);
      }
      case BOTH -> {
        for (int i = 0; i < points / 2; i++) {
          double ratio = ratio(i, points / 2);
          grid.add(new Point(ratio, false));
          grid.add(new Point(ratio, true));
        }
      }
    }
    return grid;
  }

  private static void add(List<Point> grid, int points, boolean duo) {
    for (int i = 0; i < points; i++) {
      grid.add(new Point(ratio(i, points), duo));
    }
  }

  /** From 0 to 1. */
  private static double ratio(int index, int points) {
    return points == 1 ? 0 : (double) index / (points - 1);
  }
}
