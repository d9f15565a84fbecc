/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobLockTest {
  @TempDir private Path folder;

  /** What another process runs: holds the first file and waits for the second by a thread. */
  static final class Holding {
    private Holding() {}

    public static void main(String[] args) throws Exception {
      FutureTask<Boolean> second = new FutureTask<>(() -> holds(Path.of(args[1])));
      try (BlobLock first = BlobLock.acquire(Path.of(args[0]), () -> {})) {
        new Thread(second).start();
        System.out.println(second.get() && first.isHeldAmongProcesses());
      }
    }

    private static boolean holds(Path file) throws IOException {
      try (BlobLock lock = BlobLock.acquire(file, () -> System.out.println("waits"))) {
        return lock.isHeldAmongProcesses();
      }
    }
  }

  @Test
  void processesThatWaitForEachOtherByDifferentThreadsBothGetWhatTheyWaitFor() throws Exception {
    Path ours = folder.resolve("ours.lock");
    Path theirs = folder.resolve("theirs.lock");
    CountDownLatch waiting = new CountDownLatch(1);
    FutureTask<Boolean> other =
        new FutureTask<>(
            () -> {
              try (BlobLock lock = BlobLock.acquire(theirs, waiting::countDown)) {
                return lock.isHeldAmongProcesses();
              }
            });
    Process process;
    try (BlobLock held = BlobLock.acquire(ours, () -> {})) {
      process = Hubs.process(Holding.class, theirs.toString(), ours.toString()).start();
      BufferedReader told = process.inputReader();
      assertThat(told.readLine()).isEqualTo("waits");
      new Thread(other).start();
      waiting.await();
      assertThat(held.isHeldAmongProcesses()).isTrue();
    }
    assertThat(process.inputReader().readLine()).isEqualTo("true");
    assertThat(other.get()).isTrue();
    assertThat(process.waitFor()).isZero();
  }
}
