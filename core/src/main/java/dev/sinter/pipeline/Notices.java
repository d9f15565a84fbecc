/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.pipeline.OneshotRequest.Strictness;
import dev.sinter.session.ProgressListener;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What a person should know of a run: told at once and kept for the manifest; errors if the request
 * is strict.
 */
final class Notices {
  private final Strictness strictness;
  private final ProgressListener progress;
  private final List<String> told = new ArrayList<>();

  Notices(Strictness strictness, ProgressListener progress) {
    this.strictness = strictness;
    this.progress = progress;
  }

  void add(String notice) {
    addAll(List.of(notice));
  }

  void addAll(Collection<String> notices) {
    strictness.check(notices);
    notices.forEach(progress::notice);
    told.addAll(notices);
  }

  List<String> told() {
    return List.copyOf(told);
  }
}
