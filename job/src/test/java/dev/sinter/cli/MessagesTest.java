/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What messages tell people to do can be done. */
class MessagesTest {
  private static final List<Path> SOURCES =
      List.of(Path.of("src/main/java"), Path.of("../core/src/main/java"));
  private static final Pattern TEXT = Pattern.compile("\"(?:[^\"\\\\\\n]|\\\\.)*\"");
  private static final Pattern FLAG = Pattern.compile("(?<![\\w-])--[a-z][a-z_-]+");

  private static Set<String> flags() {
    PrintStream nowhere =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    Set<String> flags = new TreeSet<>();
    add(Sinter.commands(nowhere, nowhere), flags);
    return flags;
  }

  private static void add(CommandLine command, Set<String> flags) {
    command.getCommandSpec().options().forEach(option -> flags.addAll(List.of(option.names())));
    command.getSubcommands().values().forEach(child -> add(child, flags));
  }

  @Test
  void everyFlagThatIsNamedExists() throws IOException {
    Set<String> named = new TreeSet<>();
    for (Path folder : SOURCES) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          TEXT.matcher(Files.readString(file))
              .results()
              .flatMap(text -> FLAG.matcher(text.group()).results())
              .forEach(flag -> named.add(Sinter.spelled(flag.group())));
        }
      }
    }

    assertThat(named).contains("--dataset", "--model-revision").isSubsetOf(flags());
  }
}
