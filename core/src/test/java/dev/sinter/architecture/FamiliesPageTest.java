/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page of families names those that there are. */
class FamiliesPageTest {
  private static final Path PAGE = Path.of("../docs/families.md");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  @Test
  void pageNamesEveryModelTypeAndNoOther() throws IOException {
    List<String> named =
        Files.readAllLines(PAGE).stream()
            .filter(line -> line.startsWith("| `") && !line.startsWith("| `model_type`"))
            .map(line -> line.substring(1, line.indexOf('|', 1)))
            .flatMap(cell -> CODE.matcher(cell).results().map(match -> match.group(1)))
            .toList();

    assertThat(named).containsExactlyInAnyOrderElementsOf(Architectures.modelTypes());
  }
}
