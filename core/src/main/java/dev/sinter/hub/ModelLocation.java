/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A model as a person names it: a folder, the URI of one, or a repository of a hub. A folder that
 * is there goes before a repository of the same name; {@code hf://} always means a repository.
 */
public final class ModelLocation {
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");
  private static final String HUB = "hf://";

  private final String text;
  private final String name;
  private final String revision;
  private final boolean explicit;

  /** What a revision is if nobody says so. */
  public static final String DEFAULT_REVISION = "main";

  private ModelLocation(String text, String name, String revision, boolean explicit) {
    this.text = text;
    this.name = name;
    this.revision = revision;
    this.explicit = explicit;
  }

  /** A text, and a revision in case that it names a repository. */
  public static ModelLocation of(String text, String revision) {
    if (!text.startsWith(HUB)) {
      return new ModelLocation(text, text, revision, false);
    }
    String name = text.substring(HUB.length()).replaceFirst("^models/", "");
    int at = name.indexOf('@');
    return at < 0
        ? new ModelLocation(text, name, revision, true)
        : new ModelLocation(text, name.substring(0, at), name.substring(at + 1), true);
  }

  /** The repository that it means; none if it is a folder or the URI of one. */
  public Optional<RepositoryId> repository() {
    boolean elsewhere = !explicit && (SCHEME.matcher(text).matches() || isFolder());
    return elsewhere ? Optional.empty() : RepositoryId.of(RepositoryId.Kind.MODEL, name);
  }

  private boolean isFolder() {
    try {
      return !text.isEmpty() && Files.exists(Path.of(text));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** What is made of a repository: a folder here, or a view of it. */
  public interface Fetching<T> {
    T fetch(RepositoryId repository, String revision) throws IOException;
  }

  /** Where the files are; those of a repository are fetched. */
  public String resolve(Fetching<Path> fetching) throws IOException {
    return resolve((repository, at) -> fetching.fetch(repository, at).toString(), text -> text);
  }

  /** The same with a repository and a folder made into anything. */
  public <T> T resolve(Fetching<T> fetching, Function<String, T> opening) throws IOException {
    Optional<RepositoryId> repository = repository();
    if (repository.isEmpty()) {
      return opening.apply(requireFolder());
    }
    try {
      return fetching.fetch(repository.get(), revision);
    } catch (RequestException e) {
      List<String> problems = new ArrayList<>(notHere());
      problems.addAll(e.problems());
      throw new RequestException(problems);
    } catch (HubException e) {
      throw new HubException(String.join("", notHere()) + e.getMessage(), e);
    }
  }

  /** Who meant a folder should hear that there is none. */
  private List<String> notHere() {
    return explicit
        ? List.of()
        : List.of("There is no folder " + text + " in " + Path.of("").toAbsolutePath() + ". ");
  }

  private String requireFolder() {
    if (explicit) {
      throw new RequestException(
          text + " names no repository: that is hf://org/name or hf://org/name@revision");
    }
    if (!SCHEME.matcher(text).matches() && !isFolder()) {
      throw new RequestException(
          "There is no checkpoint at "
              + text
              + ": there is no such folder, and no hub has a repository of that name: those are org/name");
    }
    return text;
  }
}
