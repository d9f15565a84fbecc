/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.tensor.Torch;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.util.VersionInfo;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Looks whether this machine and this Spark can run Sinter, and says what is there. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description =
        "Says what this machine has: versions, native libraries, devices, and whether Spark's executors find them too.")
final class DoctorCommand implements Callable<Integer> {
  private final PrintStream out;
  private final PrintStream err;

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "The Spark master to look at; local[*] if spark-submit does not say.")
  private Optional<String> master = Optional.empty();

  DoctorCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    line("sinter", Versions.sinter());
    line(
        "java",
        System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")");
    line(
        "machine",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch")
            + ", "
            + Runtime.getRuntime().availableProcessors()
            + " cores, heap at most "
            + ByteSize.text(Runtime.getRuntime().maxMemory()));
    long start = System.nanoTime();
    Torch.load();
    line(
        "libraries",
        String.format(
            Locale.ROOT,
            "%s, loaded in %.1f s",
            Torch.description(),
            (System.nanoTime() - start) / 1e9));
    int devices = Torch.cudaDevices();
    line("gpus", devices == 0 ? "none that this build sees" : devices + " CUDA");
    line("computes", "on the " + Torch.DEVICE.toUpperCase(Locale.ROOT));
    line("hadoop", VersionInfo.getVersion());
    try (SparkContexts contexts = new SparkContexts(master, err)) {
      JavaSparkContext spark = contexts.get();
      line(
          "spark",
          spark.version()
              + " on "
              + spark.master()
              + ", Scala "
              + scala.util.Properties.versionNumberString());
      int tasks = Math.max(1, spark.defaultParallelism());
      List<String> executors =
          spark.parallelize(List.of(1), 1).map(one -> Torch.description()).distinct().collect();
      line(
          "executors",
          tasks + " tasks at a time; libraries there: " + String.join("; ", executors));
    }
    out.println("All of it works.");
    return 0;
  }

  private void line(String what, String found) {
    out.println(String.format(Locale.ROOT, "%-10s %s", what, found));
  }
}
