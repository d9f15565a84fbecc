/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The recipes and snippets on the class path, by their names without suffix. */
final class BuiltInRecipes {
  private static final String ROOT = "/dev/sinter/recipes/";

  /** A recipe that the library is found by. */
  private static final String SOME = "oneshot/w4a16.yaml";

  private static final List<String> SUFFIXES = List.of("", ".yaml", ".yml");

  /** The names of the older guides, and those of today. */
  private static final Map<String, String> OLD_NAMES = oldNames();

  private BuiltInRecipes() {}

  private static Map<String, String> oldNames() {
    Map<String, String> names = new LinkedHashMap<>();
    for (String scope :
        List.of(
            "fp8_default",
            "nvfp4_default",
            "nvfp4_mlp_only",
            "nvfp4_experts_only",
            "nvfp4_omlp_only")) {
      names.put("general/ptq/" + scope + "-fp8_kv", "general/ptq/" + scope + "-kv_fp8");
    }
    names.put(
        "models/Step3.5-Flash/nvfp4-mlp-only",
        "huggingface/step3p5/Step3.5-Flash/ptq/nvfp4-mlp-only");
    names.put("configs/numerics/nvfp4_dynamic", "configs/numerics/nvfp4");
    names.put("configs/ptq/base_disable_all", "configs/ptq/units/base_disable_all");
    names.put(
        "configs/ptq/default_disabled_quantizers", "configs/ptq/units/default_disabled_quantizers");
    names.put("configs/ptq/fp8_kv", "configs/ptq/units/kv_fp8");
    return names;
  }

  /** The name of today for an older one. */
  static Optional<String> renamed(String name) {
    return Optional.ofNullable(OLD_NAMES.get(name.replaceFirst("\\.ya?ml$", "")));
  }

  /** The older names. */
  static Map<String, String> olderNames() {
    return OLD_NAMES;
  }

  static Optional<RecipeText> find(String name) {
    if (!name.matches("[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*") || name.contains("..")) {
      return Optional.empty();
    }
    for (String suffix : SUFFIXES) {
      boolean complete = name.matches(".*\\.ya?ml");
      if (complete == suffix.isEmpty()) {
        Optional<RecipeText> found = read(name + suffix);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<RecipeText> read(String path) {
    try (InputStream in = BuiltInRecipes.class.getResourceAsStream(ROOT + path)) {
      if (in == null) {
        return Optional.empty();
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Optional.of(new RecipeText(path, "builtin:" + path, "", text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every name that there is, sorted. */
  static List<String> names() {
    return Names.ALL;
  }

  /** The class path is walked once, when somebody asks. */
  private static final class Names {
    private static final List<String> ALL = walk();
  }

  private static List<String> walk() {
    URL some = BuiltInRecipes.class.getResource(ROOT + SOME);
    if (some == null) {
      return List.of();
    }
    try {
      URI uri = some.toURI();
      if (!uri.getScheme().equals("jar")) {
        Path file = Path.of(uri);
        return names(file.getParent().getParent());
      }
      try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
        return names(jar.getPath(ROOT));
      } catch (FileSystemAlreadyExistsException e) {
        return names(FileSystems.getFileSystem(uri).getPath(ROOT));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException("A resource's address is no address: " + some, e);
    }
  }

  private static List<String> names(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(file -> root.relativize(file).toString().replace('\\', '/'))
          .filter(name -> name.matches(".*\\.ya?ml"))
          .map(name -> name.replaceFirst("\\.ya?ml$", ""))
          .sorted()
          .toList();
    }
  }
}
