/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.checkpoint.FileInfo;
import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.Problems;
import dev.sinter.problem.RequestException;
import dev.sinter.yaml.Utf8;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlNode.Mapping;
import dev.sinter.yaml.YamlNode.Member;
import dev.sinter.yaml.YamlReader;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/**
 * A file of flags ({@code --config}): arguments that stand before those of the command line. A flag
 * of the command line takes the place of the file's; one that adds to others, such as {@code
 * --set}, comes behind.
 */
final class JobFile {
  private static final String CONFIG = "--config";

  /** Of these one says what to do: given on the command line, it takes the place of all. */
  private static final Set<String> WAYS = Set.of("--recipe", "--scheme", "--qformat");

  /** What a way that the command line gives has no use for, and what is passed over with it. */
  private static final Map<String, Set<String>> NOT_WITH =
      Map.of(
          "--recipe", Set.of("--targets", "--ignore", "--kv-cache-qformat"),
          "--scheme",
              Set.of(
                  "--kv-cache-qformat", "--set", "--recipe-args", "--stage", "--strict-modelopt"),
          "--qformat", Set.of("--targets", "--recipe-args", "--stage", "--strict-modelopt"));

  private static final long LARGEST = 1 << 20;

  /** Those whose values stand beside each other, the later over the earlier. */
  private static final Set<String> ADDING = Set.of("--set", "--recipe-args");

  private static final Set<String> NOT_IN_FILES = Set.of(CONFIG, "--help", "--version");

  /** The flag itself, as help shows it. */
  static final class Flag {
    @Option(
        names = CONFIG,
        paramLabel = "FILE",
        description =
            "A YAML file of flags by their names, without dashes. Those of the command line go before.")
    Optional<String> config = Optional.empty();
  }

  private final String file;
  private final CommandSpec command;
  private final List<String> arguments;
  private final Problems problems = new Problems();
  private final Set<String> given = new LinkedHashSet<>();
  private final Set<String> passedOver = new LinkedHashSet<>();
  private final Set<OptionSpec> seen = new LinkedHashSet<>();

  /**
   * Flags of the other commands that take such files, and those of the file that only they have.
   */
  private final Set<String> ofOthers = new LinkedHashSet<>();

  private final Set<String> leftOut = new LinkedHashSet<>();

  private JobFile(String file, CommandSpec command, List<String> arguments) {
    this.file = file;
    for (CommandLine other : command.parent().subcommands().values()) {
      if (other.getCommandSpec().findOption(CONFIG) != null) {
        other.getCommandSpec().options().forEach(option -> ofOthers.add(option.longestName()));
      }
    }
    ofOthers.removeAll(NOT_IN_FILES);
    this.command = command;
    this.arguments = arguments;
    for (String argument : arguments) {
      option(argument.replaceFirst("=.*", "")).ifPresent(found -> given.add(found.longestName()));
    }
  }

  /** The arguments with those of the file that they name, if the command takes one. */
  static String[] expand(CommandLine commands, PrintStream err, String... args) throws IOException {
    CommandLine command = args.length == 0 ? null : commands.getSubcommands().get(args[0]);
    if (command == null || command.getCommandSpec().findOption(CONFIG) == null) {
      return args;
    }
    List<String> arguments = new ArrayList<>(Arrays.asList(args).subList(1, args.length));
    Optional<String> file = take(arguments);
    if (file.isEmpty()) {
      return args;
    }
    JobFile job = new JobFile(file.get(), command.getCommandSpec(), arguments);
    List<String> expanded = new ArrayList<>(List.of(args[0]));
    expanded.addAll(job.flags());
    job.problems.throwIfAny();
    if (!job.passedOver.isEmpty()) {
      err.println(
          "sinter: the command line goes before "
              + job.file
              + ", which has, too: "
              + String.join(", ", job.passedOver));
    }
    if (!job.leftOut.isEmpty()) {
      err.println(
          "sinter: "
              + args[0]
              + " has no use for what "
              + job.file
              + " says of "
              + String.join(", ", job.leftOut));
    }
    expanded.addAll(job.arguments);
    return expanded.toArray(String[]::new);
  }

  /** Takes the flag out; a flag without value is left for the parser to complain of. */
  private static Optional<String> take(List<String> arguments) {
    Optional<String> file = Optional.empty();
    for (int i = 0; i < arguments.size(); i++) {
      boolean apart = arguments.get(i).equals(CONFIG) && i + 1 < arguments.size();
      if (apart || arguments.get(i).startsWith(CONFIG + "=")) {
        if (file.isPresent()) {
          throw new RequestException("--config is given twice; put all flags into one file");
        }
        String taken = arguments.remove(i);
        file =
            Optional.of(
                apart ? arguments.remove(i) : taken.substring(CONFIG.length() + "=".length()));
        i--;
      }
    }
    return file;
  }

  private Optional<OptionSpec> option(String flag) {
    return flag.startsWith("--")
        ? Optional.ofNullable(command.findOption(flag))
            .filter(found -> !NOT_IN_FILES.contains(found.longestName()))
        : Optional.empty();
  }

  private List<String> flags() throws IOException {
    List<String> flags = new ArrayList<>();
    List<YamlNode> documents = YamlReader.read(file, text(), problems, note -> {});
    if (problems.isEmpty() && documents.size() == 1 && documents.get(0) instanceof Mapping map) {
      map.members().forEach(member -> flag(member, flags));
    } else if (problems.isEmpty()) {
      problems.add(
          file + " must be one map of flags to values, such as {model: DIR, scheme: W4A16}");
    }
    return flags;
  }

  private String text() throws IOException {
    int slash = file.lastIndexOf('/');
    FileStore folder = FileStores.at(slash < 0 ? "." : file.substring(0, Math.max(1, slash)));
    String name = file.substring(slash + 1);
    Optional<FileInfo> info = name.isEmpty() ? Optional.empty() : folder.info(name);
    if (info.isEmpty()) {
      throw new RequestException(CONFIG + " " + file + ": there is no such file");
    }
    if (info.get().size() > LARGEST) {
      throw new RequestException(
          CONFIG
              + " "
              + file
              + " has "
              + info.get().size()
              + " bytes, and at most "
              + LARGEST
              + " are read: that is no file of flags");
    }
    return Utf8.text(file, FileStores.read(folder, name));
  }

  private void flag(Member member, List<String> into) {
    String name = Sinter.spelled("--" + member.name());
    Optional<OptionSpec> option = option(name);
    if (option.isEmpty() && ofOthers.contains(name)) {
      leftOut.add(name);
      return;
    }
    if (option.isEmpty()) {
      unknown(member);
      return;
    }
    if (!seen.add(option.get())) {
      problems.add(member.place(), option.get().longestName() + " stands here already; keep one");
      return;
    }
    List<String> arguments = new JobFileValue(option.get(), problems).arguments(member.value());
    if (isPassedOver(option.get())) {
      passedOver.add(option.get().longestName());
    } else {
      into.addAll(arguments);
    }
  }

  private boolean isPassedOver(OptionSpec option) {
    String name = option.longestName();
    boolean otherWay =
        given.stream()
            .filter(WAYS::contains)
            .anyMatch(way -> WAYS.contains(name) || NOT_WITH.get(way).contains(name));
    return otherWay || (given.contains(name) && !ADDING.contains(name));
  }

  private void unknown(Member member) {
    List<String> names =
        command.options().stream()
            .filter(option -> !option.hidden())
            .map(OptionSpec::longestName)
            .filter(name -> !NOT_IN_FILES.contains(name))
            .map(name -> name.substring("--".length()))
            .toList();
    String nearest = Nearest.hint(member.name(), names);
    problems.add(
        member.place(),
        command.name()
            + " has no flag \""
            + member.name()
            + "\"."
            + (nearest.isEmpty() ? " It has: " + String.join(", ", names) : nearest));
  }
}
