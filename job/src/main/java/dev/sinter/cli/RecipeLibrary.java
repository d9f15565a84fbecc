/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.checkpoint.FileStores;
import dev.sinter.modifier.ModifierRegistry;
import dev.sinter.problem.RequestException;
import dev.sinter.recipe.Recipe;
import dev.sinter.recipe.RecipeParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Finds a recipe by its name in the built-in library, or by the place of its file. */
final class RecipeLibrary {
  private static final String ROOT = "/dev/sinter/recipes/";

  private RecipeLibrary() {}

  static Recipe load(String nameOrFile) throws IOException {
    if (nameOrFile.matches("[A-Za-z0-9_./-]+") && !nameOrFile.contains("..")) {
      String name = nameOrFile.endsWith(".yaml") ? nameOrFile : nameOrFile + ".yaml";
      try (InputStream builtIn = RecipeLibrary.class.getResourceAsStream(ROOT + name)) {
        if (builtIn != null) {
          return parse(nameOrFile, builtIn.readAllBytes());
        }
      }
    }
    int slash = nameOrFile.lastIndexOf('/');
    var folder = FileStores.at(slash < 0 ? "." : nameOrFile.substring(0, Math.max(1, slash)));
    String file = nameOrFile.substring(slash + 1);
    if (file.isEmpty() || folder.info(file).isEmpty()) {
      throw new RequestException(
          "--recipe "
              + nameOrFile
              + ": there is no such file, and no built-in recipe of that name (they are under recipes/, such as oneshot/w4a16-gptq)");
    }
    return parse(nameOrFile, FileStores.read(folder, file));
  }

  private static Recipe parse(String name, byte[] content) {
    return RecipeParser.parse(
        name, new String(content, StandardCharsets.UTF_8), new ModifierRegistry());
  }
}
