/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A hidden sibling of a file, which its commit renames once it is on the disk. What is written goes
 * to the disk while more is being made, so that the commit has little left to wait for.
 */
final class LocalPendingFile implements PendingFile {
  private static final long FLUSHED_AT_ONCE = 64L << 20;

  private static final ExecutorService FLUSHING =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread thread = new Thread(work, "flush-files");
            thread.setDaemon(true);
            return thread;
          });

  private final Path pending;
  private final Path target;
  private final FileChannel channel;
  private long unflushed;
  private Future<?> flush;

  LocalPendingFile(Path pending, Path target, FileChannel channel) {
    this.pending = pending;
    this.target = target;
    this.channel = channel;
    this.flush = CompletableFuture.completedFuture(null);
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    unflushed += bytes.remaining();
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    if (unflushed >= FLUSHED_AT_ONCE && flush.isDone()) {
      unflushed = 0;
      awaitFlush();
      flush = FLUSHING.submit(this::flush);
    }
  }

  private Void flush() throws IOException {
    channel.force(false);
    return null;
  }

  /** The system tells a fault of the disk once, to whoever asks first: it must not be lost. */
  private void awaitFlush() throws IOException {
    try {
      flush.get();
    } catch (ExecutionException e) {
      throw new IOException(target + " cannot be written to disk", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while writing " + target);
    }
  }

  @Override
  public void commit() throws IOException {
    awaitFlush();
    channel.force(true);
    channel.close();
    Files.move(
        pending, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    // The name is in the folder, and must outlive a power cut as the content does.
    try (FileChannel folder = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(pending);
  }
}
