/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing.spark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Programs started as processes of their own, with the classes of the test's JVM. */
public final class Programs {
  private Programs() {}

  public static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  public static Process java(String mainClass, String... args) throws IOException {
    return command(mainClass, args).start();
  }

  /** One that is yet to be started. */
  public static ProcessBuilder command(String mainClass, String... args) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = new ArrayList<>(List.of(java, "-Xmx1g", "-cp", classPath()));
    // Spark's older lines reach into the platform's modules.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens"))
        .forEach(command::add);
    command.add(mainClass);
    command.addAll(Arrays.asList(args));
    return new ProcessBuilder(command);
  }
}
