/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import dev.sinter.problem.RequestException;
import java.util.Arrays;
import java.util.regex.Pattern;

/** Names that a stranger chose and that become paths of the cache. */
final class RepositoryPaths {
  private static final Pattern COMMIT = Pattern.compile("[0-9A-Za-z][0-9A-Za-z._-]{0,99}");
  private static final int LONGEST = 1000;
  private static final int LONGEST_ELEMENT = 255;

  private RepositoryPaths() {}

  /** Returns the path of a file if it lies in its folder, wherever that is. */
  static String require(String path) {
    if (!isInside(path)) {
      throw new RequestException(
          "The hub lists a file \""
              + printable(path)
              + "\", whose name leads out of its folder. Such a repository is not read");
    }
    return path;
  }

  /** Returns a revision if it can be one: a branch may have slashes. */
  static String requireRevision(String revision) {
    if (!isInside(revision)) {
      throw new RequestException(
          "\""
              + printable(revision)
              + "\" is no revision: that is a branch, a tag or a commit, such as main");
    }
    return revision;
  }

  /** Returns what a hub calls a commit if it can be one. */
  static String requireCommit(String commit) {
    if (!COMMIT.matcher(commit).matches()) {
      throw new RequestException(
          "The hub calls a commit \"" + printable(commit) + "\", which is none");
    }
    return commit;
  }

  private static boolean isInside(String path) {
    return path.length() <= LONGEST
        && path.chars().noneMatch(c -> c == '\\' || Character.isISOControl(c))
        && Arrays.stream(path.split("/", -1))
            .noneMatch(
                element ->
                    element.isEmpty()
                        || element.equals(".")
                        || element.equals("..")
                        || element.length() > LONGEST_ELEMENT);
  }

  private static String printable(String text) {
    String cut = text.length() <= 200 ? text : text.substring(0, 200) + "...";
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}
