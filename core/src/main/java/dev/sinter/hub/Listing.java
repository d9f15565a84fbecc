/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import java.util.List;

/**
 * The files of a repository at one commit.
 *
 * @param revision what was asked for: a branch, a tag or a commit
 * @param files by their paths in the repository
 * @param source who says so; the cache knows only what was fetched before
 */
public record Listing(
    RepositoryId repository, String revision, String commit, List<String> files, Source source) {
  /** Where a listing comes from. */
  public enum Source {
    ENDPOINT,
    CACHE
  }

  public Listing {
    files = List.copyOf(files);
  }

  @Override
  public String toString() {
    String at = revision.equals(commit) ? "" : revision + ", ";
    String known = source == Source.CACHE ? ", as the cache has it" : "";
    return repository + " at " + at + "commit " + commit + known;
  }
}
