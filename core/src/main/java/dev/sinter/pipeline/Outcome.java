/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import java.util.List;

/** How a run ended: the digest of the result, its size, and what a person should know. */
public record Outcome(
    Kind kind, String contentDigest, long inputBytes, long outputBytes, List<String> notices) {
  /** Whether anything was done. */
  public enum Kind {
    DONE,
    NOTHING_TO_DO
  }

  public Outcome {
    notices = List.copyOf(notices);
  }
}
