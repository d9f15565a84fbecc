/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The document that shows how to add a family lists those that are there. */
class ArchitecturesTableTest {
  private static final Pattern NAME = Pattern.compile("`([a-z0-9_]+)`");

  @Test
  void tableNamesEveryModelTypeInTheOrderOfTheCode() throws IOException {
    String page = Files.readString(Path.of("../docs/adding-an-architecture.md"));
    String table =
        page.substring(page.indexOf("## The families"), page.indexOf("## What the class does"));
    List<String> named = new ArrayList<>();
    for (String row : table.lines().filter(line -> line.startsWith("| ")).skip(1).toList()) {
      Matcher name = NAME.matcher(row.split("\\|", -1)[2]);
      while (name.find()) {
        named.add(name.group(1));
      }
    }

    assertThat(named).containsExactlyElementsOf(Architectures.modelTypes());
  }
}
