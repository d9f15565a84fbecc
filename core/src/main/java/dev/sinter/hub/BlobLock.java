/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      return new BlobLock(ofProcess, channel, lock(channel, waiting));
    } catch (IOException | RuntimeException e) {
      ofProcess.unlock();
      throw e;
    }
  }

  private static Optional<FileLock> lock(FileChannel channel, Runnable waiting) {
    try {
      Optional<FileLock> free = Optional.ofNullable(channel.tryLock());
      if (free.isPresent()) {
        return free;
      }
      waiting.run();
      return Optional.of(channel.lock());
    } catch (IOException e) {
      return Optional.empty();
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
