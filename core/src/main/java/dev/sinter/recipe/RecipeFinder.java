/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.checkpoint.FileInfo;
import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.problem.RequestException;
import dev.sinter.yaml.Utf8;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Finds recipes and snippets: what is built in first, so that a file that happens to lie around
 * changes nothing; then files, local or of any store. Strictly ModelOpt's, imports look at files of
 * the working folder first.
 */
final class RecipeFinder {
  private static final List<String> SUFFIXES = List.of(".yml", ".yaml");
  private static final long LARGEST = 4L << 20;

  private final Dialect dialect;
  private final Consumer<String> notes;

  RecipeFinder(Dialect dialect, Consumer<String> notes) {
    this.dialect = dialect;
    this.notes = notes;
  }

  /** The built-in text of that name, or of its name today. */
  Optional<RecipeText> builtIn(String name) {
    Optional<RecipeText> found = BuiltInRecipes.find(name);
    if (found.isPresent() || dialect == Dialect.STRICT_MODELOPT) {
      return found;
    }
    Optional<String> renamed = BuiltInRecipes.renamed(name);
    renamed.ifPresent(now -> notes.accept(name + " is called " + now + " now; that is taken"));
    return renamed.flatMap(BuiltInRecipes::find);
  }

  /** The file at a place, with or without its suffix. */
  Optional<RecipeText> file(String place) {
    boolean complete = place.matches(".*\\.(ya?ml|json|md)");
    for (String suffix : complete ? List.of("") : List.of("", ".yml", ".yaml")) {
      Optional<RecipeText> found = read(place + suffix);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** The file of that name, with either suffix, in a folder. */
  Optional<RecipeText> inFolder(String folder, String name) {
    return SUFFIXES.stream()
        .map(suffix -> read(folder + "/" + name + suffix))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** What an import's path names, seen from the file that imports it. */
  Optional<RecipeText> snippet(String path, RecipeText from) {
    List<Supplier<Optional<RecipeText>>> ways = new ArrayList<>();
    if (!from.isBuiltIn()) {
      if (dialect == Dialect.ANY) {
        ways.add(() -> below(from.folder(), path));
      }
      ways.add(() -> below(".", path));
    }
    ways.add(dialect == Dialect.STRICT_MODELOPT ? ways.size() : 0, () -> builtIn(path));
    return ways.stream().map(Supplier::get).flatMap(Optional::stream).findFirst();
  }

  /** A file below a folder; one that a link leads out of it is refused. */
  private Optional<RecipeText> below(String folder, String path) {
    Optional<RecipeText> found = file(folder.equals(".") ? path : folder + "/" + path);
    if (found.isPresent() && found.get().identity().startsWith("file:")) {
      Path root = real(Path.of(folder));
      if (!Path.of(found.get().identity().substring("file:".length())).startsWith(root)) {
        throw new RequestException(
            path + " leads out of " + root + " by a link. Put the file itself there");
      }
    }
    return found;
  }

  private Optional<RecipeText> read(String place) {
    int slash = place.lastIndexOf('/');
    String folder = slash < 0 ? "." : place.substring(0, Math.max(1, slash));
    String name = place.substring(slash + 1);
    if (name.isEmpty() || name.equals("..") || name.equals(".") || place.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    try {
      FileStore store = FileStores.at(folder);
      Optional<FileInfo> info = store.info(name);
      if (info.isEmpty()) {
        return Optional.empty();
      }
      if (info.get().size() > LARGEST) {
        throw new RequestException(
            place + " has " + info.get().size() + " bytes: that is no recipe");
      }
      String text = Utf8.text(place, FileStores.read(store, name));
      return Optional.of(new RecipeText(place, identity(store, name), folder, text));
    } catch (IllegalArgumentException e) {
      // No store has files of such names.
      return Optional.empty();
    } catch (IOException e) {
      throw new RequestException(place + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static String identity(FileStore store, String name) {
    String location = store.location();
    return location.contains("://")
        ? location + "/" + name
        : "file:" + real(Path.of(location).resolve(name));
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path.toAbsolutePath().normalize();
    }
  }
}
