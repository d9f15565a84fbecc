/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The packages of the library build on each other in one order, and know no engine. */
class HouseRulesTest {
  private static final Path SOURCES = Path.of("src/main/java/dev/sinter");

  /** From the ground up: a package names only itself and those before it. */
  private static final List<String> ORDER =
      List.of(
          "json",
          "problem",
          "template",
          "yaml",
          "setting",
          "expression",
          "tensor",
          "checkpoint",
          "hub",
          "quantization",
          "graph",
          "architecture",
          "weight",
          "statistic",
          "modifier",
          "quantizer",
          "recipe",
          "plan",
          "task",
          "session",
          "forward",
          "output",
          "pipeline");

  private static final Pattern NAMED = Pattern.compile("dev\\.sinter\\.([a-z]+)\\b");

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  @Test
  void packagesNameOnlyThoseBelowThem() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Path file : sources()) {
      String own = SOURCES.relativize(file).getName(0).toString();
      assertThat(ORDER).as("%s", file).contains(own);
      Matcher named = NAMED.matcher(Files.readString(file));
      while (named.find()) {
        if (!ORDER.contains(named.group(1)) || ORDER.indexOf(named.group(1)) > ORDER.indexOf(own)) {
          wrong.add(file + " names " + named.group());
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void everyPackageSaysWhatItIs() throws IOException {
    List<Path> sources = sources();
    assertThat(sources).hasSizeGreaterThan(100);
    assertThat(sources.stream().map(Path::getParent).distinct())
        .allMatch(folder -> Files.exists(folder.resolve("package-info.java")));
  }

  @Test
  void libraryKnowsNoEngine() throws IOException {
    for (Path file : sources()) {
      assertThat(Files.readString(file))
          .as("%s", file)
          .doesNotContain("org.apache.spark", "org.apache.hadoop");
    }
  }
}
