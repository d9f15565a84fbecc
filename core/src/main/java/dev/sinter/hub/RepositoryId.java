/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A repository of a hub.
 *
 * @param name {@code owner/name}, or a name alone for those older than owners
 */
public record RepositoryId(Kind kind, String name) {
  private static final int LONGEST = 96;

  /** Parts as the hub names them: none starts or ends with a dash or a dot. */
  private static final Pattern NAME = Pattern.compile("(?:\\w[\\w.-]*/)?\\w(?:[\\w.-]*\\w)?");

  /** What a repository holds. */
  public enum Kind {
    MODEL("model", ""),
    DATASET("dataset", "datasets/");

    private final String word;
    private final String path;

    Kind(String word, String path) {
      this.word = word;
      this.path = path;
    }

    @Override
    public String toString() {
      return word;
    }
  }

  public RepositoryId {
    if (!isName(name)) {
      throw new IllegalArgumentException("Not the name of a repository: \"" + name + "\"");
    }
  }

  /** The repository of that name, if the text has the form of one. */
  public static Optional<RepositoryId> of(Kind kind, String text) {
    return isName(text) ? Optional.of(new RepositoryId(kind, text)) : Optional.empty();
  }

  private static boolean isName(String text) {
    return text.length() <= LONGEST
        && NAME.matcher(text).matches()
        && !text.contains("--")
        && !text.contains("..")
        && !text.endsWith(".git");
  }

  /** What the cache calls its folder. */
  String folder() {
    return kind.word + "s--" + name.replace("/", "--");
  }

  /** Where the hub tells of it. */
  String apiPath() {
    return "api/" + kind.word + "s/" + name;
  }

  /** Where people, and files, find it. */
  String path() {
    return kind.path + name;
  }

  @Override
  public String toString() {
    return kind + " " + name;
  }
}
