/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkUserAppException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * The application, as spark-submit runs it: it never exits, and tells a failure's code by the
 * exception that Spark has for it.
 */
@Command(
    name = "sinter",
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    description = "Calibrates and compresses large language models on Apache Spark.",
    subcommands = {
      OneshotCommand.class,
      DecompressCommand.class,
      PlanCommand.class,
      RecipesCommand.class,
      RunCommand.class,
      EvalCommand.class,
      InspectCommand.class,
      DoctorCommand.class,
      CommandLine.HelpCommand.class
    },
    footer = {
      "",
      "Exit codes: 0 done or nothing to do, 2 the request is wrong, 75 try again, 1 anything else."
    })
public final class Sinter implements Runnable {
  /** What the peers call flags that have other names here. */
  private static final Map<String, String> PEERS =
      Map.of(
          "--pyt-ckpt-path", "--model",
          "--export-path", "--output-dir",
          "--calib-size", "--num-calibration-samples",
          "--calib-seq", "--max-seq-length",
          "--precision", "--dtype",
          "--revision", "--model-revision");

  @Spec private CommandSpec spec;

  private Sinter() {}

  public static void main(String[] args) throws Exception {
    int code = run(System.out, System.err, args);
    if (code != 0) {
      throw exitCode(code);
    }
  }

  /** Spark's exception that carries an exit code; Spark 4.2 gave its constructor a cause. */
  private static Exception exitCode(int code) throws ReflectiveOperationException {
    Constructor<?> constructor = SparkUserAppException.class.getConstructors()[0];
    return (Exception)
        (constructor.getParameterCount() == 1
            ? constructor.newInstance(code)
            : constructor.newInstance(code, null));
  }

  /** Every command with all its flags. */
  static CommandLine commands(PrintStream out, PrintStream err) {
    CommandLine commands = new CommandLine(new Sinter(), new Commands(out, err));
    PeerDataFlags.add(commands);
    return commands;
  }

  /** Runs a command and returns its exit code. */
  public static int run(PrintStream out, PrintStream err, String... args) {
    CommandLine commands = commands(out, err);
    commands.setOut(new java.io.PrintWriter(out, true, java.nio.charset.StandardCharsets.UTF_8));
    commands.setErr(new java.io.PrintWriter(err, true, java.nio.charset.StandardCharsets.UTF_8));
    commands.setUsageHelpAutoWidth(true);
    commands.setCaseInsensitiveEnumValuesAllowed(true);
    Arguments.collectFaults(commands);
    Arguments arguments = new Arguments(err);
    commands.setExecutionStrategy(arguments);
    commands.setParameterExceptionHandler(arguments);
    commands.setExecutionExceptionHandler(new Failures.OfCommands(err));
    try {
      return commands.execute(JobFile.expand(commands, err, spelled(args)));
    } catch (RequestException | IOException e) {
      return new Failures.OfCommands(err).handleExecutionException(e, commands, null);
    }
  }

  /** Flags by the names and the spelling of the peers: {@code --export_path=DIR}. */
  private static String[] spelled(String... args) {
    return Arrays.stream(args).map(Sinter::spelled).toArray(String[]::new);
  }

  /** A flag by the name that it has here. */
  static String spelled(String arg) {
    if (!arg.startsWith("--")) {
      return arg;
    }
    int end = arg.indexOf('=') < 0 ? arg.length() : arg.indexOf('=');
    String name = arg.substring(0, end).replace('_', '-');
    return PEERS.getOrDefault(name, name) + arg.substring(end);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getErr());
    throw new CommandLine.ParameterException(spec.commandLine(), "A command is missing");
  }

  /** Makes commands, those that print with the streams that they print to. */
  private record Commands(PrintStream out, PrintStream err) implements CommandLine.IFactory {
    private static final List<Class<?>> STREAMS = List.of(PrintStream.class, PrintStream.class);

    @Override
    public <K> K create(Class<K> type) throws Exception {
      for (Constructor<?> constructor : type.getDeclaredConstructors()) {
        if (List.of(constructor.getParameterTypes()).equals(STREAMS)) {
          return type.cast(constructor.newInstance(out, err));
        }
      }
      return CommandLine.defaultFactory().create(type);
    }
  }
}
