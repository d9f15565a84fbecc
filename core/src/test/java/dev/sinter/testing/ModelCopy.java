/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing;

import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A copy of the bundled model in bf16, to be spoiled. */
public record ModelCopy(Path folder) {

  /** The copy in a folder, which must not be there. */
  public static ModelCopy tiny(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (Stream<Path> files = Files.list(TestData.tinyLlamaBf16())) {
      for (Path file : files.toList()) {
        Files.write(folder.resolve(file.getFileName()), Files.readAllBytes(file));
      }
    }
    return new ModelCopy(folder);
  }

  /** With another value in config.json. */
  public ModelCopy config(String name, Json value) throws IOException {
    Path config = folder.resolve("config.json");
    return file("config.json", JsonWriter.pretty(TestData.json(config).with(name, value)));
  }

  /** With a file of another content. */
  public ModelCopy file(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
    return this;
  }

  /** With the first half of a file. */
  public ModelCopy half(String name) throws IOException {
    byte[] whole = Files.readAllBytes(folder.resolve(name));
    Files.write(folder.resolve(name), Arrays.copyOf(whole, whole.length / 2));
    return this;
  }

  /** Without some files. */
  public ModelCopy without(String... names) throws IOException {
    for (String name : List.of(names)) {
      Files.delete(folder.resolve(name));
    }
    return this;
  }
}
