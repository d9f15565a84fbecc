/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.problem.Nearest;
import dev.sinter.problem.Problems;
import dev.sinter.recipe.DatasetSettings;
import dev.sinter.setting.Form;
import dev.sinter.setting.Setting;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs a command if its arguments can be read; if not, says all that is wrong with them. */
record Arguments(PrintStream err) implements IExecutionStrategy, IParameterExceptionHandler {

  /** Has all faults of arguments collected, not the first one thrown. */
  static void collectFaults(CommandLine command) {
    command.getCommandSpec().parser().collectErrors(true);
    command.getSubcommands().values().forEach(Arguments::collectFaults);
  }

  @Override
  public int execute(ParseResult parsed) {
    List<ParameterException> faults = new ArrayList<>();
    ParseResult last = parsed;
    while (last.hasSubcommand()) {
      faults.addAll(ofParser(last));
      last = last.subcommand();
    }
    faults.addAll(ofParser(last));
    if (faults.isEmpty() || last.isUsageHelpRequested() || last.isVersionHelpRequested()) {
      return new CommandLine.RunLast().execute(parsed);
    }
    CommandLine command = last.commandSpec().commandLine();
    return refuse(command, faults, parsed.originalArgs());
  }

  private static List<ParameterException> ofParser(ParseResult parsed) {
    return parsed.errors().stream()
        .filter(ParameterException.class::isInstance)
        .map(ParameterException.class::cast)
        .toList();
  }

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    return refuse(e.getCommandLine(), List.of(e), Arrays.asList(args));
  }

  /** An unknown argument is answered with the nearest that there is. */
  private int refuse(CommandLine command, List<ParameterException> faults, List<String> args) {
    Problems problems = new Problems();
    List<String> unknown = unknown(command, faults, args, problems);
    for (ParameterException fault : faults) {
      // A misspelled flag often shows as a missing one, too.
      boolean follows =
          fault instanceof UnmatchedArgumentException
              || (!unknown.isEmpty() && fault instanceof CommandLine.MissingParameterException);
      if (!follows) {
        problems.add(said(fault));
      }
    }
    if (unknown.isEmpty() && command.getCommand() instanceof Checked checked) {
      checked.check(problems);
    }
    problems.found().forEach(problem -> err.println("sinter: " + problem));
    err.println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
    return Failures.WRONG_REQUEST;
  }

  private static List<String> unknown(
      CommandLine command, List<ParameterException> faults, List<String> args, Problems problems) {
    List<String> hidden = new ArrayList<>();
    List<String> names = new ArrayList<>(command.getSubcommands().keySet());
    command
        .getCommandSpec()
        .options()
        .forEach(option -> (option.hidden() ? hidden : names).addAll(List.of(option.names())));
    List<String> unknown =
        args.stream()
            .filter(argument -> argument.startsWith("--"))
            .map(argument -> argument.replaceFirst("=.*", ""))
            .filter(argument -> !names.contains(argument) && !hidden.contains(argument))
            .collect(Collectors.toCollection(ArrayList::new));
    for (ParameterException fault : faults) {
      if (unknown.isEmpty() && fault instanceof UnmatchedArgumentException unmatched) {
        unknown.addAll(unmatched.getUnmatched());
      }
    }
    unknown.forEach(
        argument ->
            problems.add("there is no argument " + argument + "." + Nearest.hint(argument, names)));
    return unknown;
  }

  /** A value that cannot be read is told of in the words that recipes' values are. */
  private static String said(ParameterException fault) {
    boolean ofValue =
        fault.getCause() instanceof TypeConversionException
            && fault.getArgSpec() instanceof OptionSpec
            && fault.getValue() != null;
    if (!ofValue) {
      return fault.getMessage();
    }
    OptionSpec option = (OptionSpec) fault.getArgSpec();
    return option.longestName()
        + " must be "
        + expected(option, fault.getCause().getMessage())
        + ", not "
        + fault.getValue()
        + hint(option, fault.getValue());
  }

  private static String expected(OptionSpec option, String otherwise) {
    Class<?> type = option.auxiliaryTypes()[0];
    Optional<Form> form =
        DatasetSettings.TABLE
            .setting(option.longestName().substring(2).replace('-', '_'))
            .map(Setting::form);
    if (form.isPresent()) {
      return form.get().expected();
    }
    if (type == int.class || type == Integer.class) {
      return Form.Whole.POSITIVE.expected();
    }
    if (type == boolean.class || type == Boolean.class) {
      return new Form.Flag().expected();
    }
    return type.isEnum() ? "one of " + String.join(", ", words(option)) : otherwise;
  }

  private static List<String> words(OptionSpec option) {
    Class<?> type = option.auxiliaryTypes()[0];
    return !type.isEnum()
        ? List.of()
        : Arrays.stream(type.getEnumConstants())
            .map(word -> word.toString().toLowerCase(Locale.ROOT))
            .toList();
  }

  private static String hint(OptionSpec option, String value) {
    String hint = Nearest.hint(value, words(option));
    return hint.isEmpty() ? "" : "." + hint;
  }
}
