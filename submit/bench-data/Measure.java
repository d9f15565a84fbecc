/* SPDX-License-Identifier: Apache-2.0 */
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs a command and writes its wall seconds and the peak memory of its process tree in MiB to a
 * file: {@code java Measure FILE COMMAND...}. Exits as the command does. Linux only.
 */
final class Measure {
  /** A sample takes 3 ms, most of it to list the processes: no more of them than are needed. */
  private static final long INTERVAL_MILLIS = 80;

  private Measure() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    List<String> words = List.of(args).subList(1, args.length);
    long start = System.nanoTime();
    Process command = new ProcessBuilder(words).inheritIO().start();
    // The loop sees the end up to a sample later.
    CompletableFuture<Long> end = command.onExit().thenApply(ended -> System.nanoTime());
    Runtime.getRuntime().addShutdownHook(new Thread(command::destroy));
    long peak = 0;
    while (!command.waitFor(INTERVAL_MILLIS, TimeUnit.MILLISECONDS)) {
      peak = Math.max(peak, residentKib(command.toHandle()));
    }
    double seconds = (end.join() - start) / 1e9;
    String figures = String.format(Locale.ROOT, "%.2f %d%n", seconds, peak >> 10);
    Files.writeString(Path.of(args[0]), figures);
    System.exit(command.exitValue());
  }

  private static long residentKib(ProcessHandle root) {
    return Stream.concat(Stream.of(root), root.descendants())
        .mapToLong(process -> residentKib(process.pid()))
        .sum();
  }

  private static long residentKib(long process) {
    try {
      return Files.readAllLines(Path.of("/proc/" + process + "/status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .sum();
    } catch (IOException e) {
      // It has ended since it was listed.
      return 0;
    }
  }
}
