/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.problem.Problems;
import java.util.Optional;

/**
 * Which data set is asked for.
 *
 * @param dataset what {@code --dataset} says
 * @param path where it is, if that is said apart; {@code dataset} is then what it is
 * @param config the configuration, of a set that has several
 * @param revision the revision of a hub's data set
 * @param split the split, and which rows of it
 */
public record DatasetRequest(
    String dataset,
    Optional<String> path,
    Optional<String> config,
    Optional<String> revision,
    Optional<Split> split) {

  /** The whole of what a text names. */
  public static DatasetRequest of(String dataset) {
    return new DatasetRequest(
        dataset, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The data set as it was asked for, to begin a message. */
  String name() {
    return path.map(where -> "--dataset-path " + where).orElse("--dataset " + dataset);
  }

  /** Files that were named have no configurations, and are one split, whatever their names. */
  void requireWholeFiles() {
    Problems problems = new Problems();
    config.ifPresent(
        asked ->
            problems.add(
                name()
                    + " names files, which have no configurations: --dataset-config-name "
                    + asked));
    split
        .map(Split::name)
        .filter(asked -> !asked.equals(Layout.TRAIN))
        .ifPresent(
            asked ->
                problems.add(
                    name()
                        + " names files, which are the split train; --splits asks for "
                        + asked));
    problems.throwIfAny();
  }
}
