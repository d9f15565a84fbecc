/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Held by who fetches a content, among all processes that see the file. Some shared file systems
 * know no locks: then it holds within this process alone.
 */
final class BlobLock implements AutoCloseable {
  /** Java's locks of files are held by a process, not by a thread. */
  private static final Map<Path, ReentrantLock> OF_PROCESS = new ConcurrentHashMap<>();

  /** How long until it is asked again whether another process has let go. */
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final ReentrantLock ofProcess;
  private final FileChannel channel;
  private final Optional<FileLock> ofFile;

  private BlobLock(ReentrantLock ofProcess, FileChannel channel, Optional<FileLock> ofFile) {
    this.ofProcess = ofProcess;
    this.channel = channel;
    this.ofFile = ofFile;
  }

  /** Waits until nobody else holds it; that there is something to wait for is said. */
  static BlobLock acquire(Path file, Runnable waiting) throws IOException {
    Files.createDirectories(file.getParent());
    ReentrantLock ofProcess =
        OF_PROCESS.computeIfAbsent(file.toAbsolutePath().normalize(), path -> new ReentrantLock());
    ofProcess.lock();
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      return new BlobLock(ofProcess, channel, lock(channel, waiting));
    } catch (IOException | RuntimeException e) {
      if (channel != null) {
        channel.close();
      }
      ofProcess.unlock();
      throw e;
    }
  }

  /**
   * Asks again and again. A system that let a thread sleep until the lock is free would see a
   * deadlock, and refuse, where two processes wait for each other by different threads.
   */
  private static Optional<FileLock> lock(FileChannel channel, Runnable waiting) throws IOException {
    boolean said = false;
    while (true) {
      Optional<FileLock> free;
      try {
        free = Optional.ofNullable(channel.tryLock());
      } catch (OverlappingFileLockException e) {
        free = Optional.empty(); // This class, loaded a second time, holds it.
      } catch (IOException e) {
        return Optional.empty();
      }
      if (free.isPresent()) {
        return free;
      }
      if (!said) {
        waiting.run();
        said = true;
      }
      pause();
    }
  }

  private static void pause() throws InterruptedIOException {
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while another process fetches the same file");
    }
  }

  /** Whether other processes are kept out, too. */
  boolean isHeldAmongProcesses() {
    return ofFile.isPresent();
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      ofProcess.unlock();
    }
  }
}
