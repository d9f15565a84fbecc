/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;

/**
 * Makes one file of a commit: its content is fetched into the cache if it is not there, taken up
 * where it broke off, and given its name once size and hash are right.
 */
final class BlobDownload {
  private static final int BUFFER = 1 << 18;

  /** Our own, as other programs that write here would not heed our lock. */
  private static final String INCOMPLETE = ".sinter.incomplete";

  private final HubApi api;
  private final HubCache cache;
  private final HubListener listener;
  private final Listing listing;
  private final RemoteFile file;
  private final LongConsumer progress;
  private final Path blob;
  private long furthest;

  BlobDownload(
      HubApi api,
      HubCache cache,
      HubListener listener,
      Listing listing,
      RemoteFile file,
      LongConsumer progress) {
    this.api = api;
    this.cache = cache;
    this.listener = listener;
    this.listing = listing;
    this.file = file;
    this.progress = progress;
    this.blob = cache.blob(listing.repository(), file);
  }

  /** Whether the cache has the content; one of another size is damaged. */
  boolean isThere() throws IOException {
    return Files.isRegularFile(blob)
        && (file.size().isEmpty() || Files.size(blob) == file.size().getAsLong());
  }

  /** Makes it a file of the commit; whoever else wants the same waits until it is one. */
  void run() throws IOException {
    Path lockFile = cache.lock(listing.repository(), file);
    try (BlobLock lock =
        BlobLock.acquire(
            lockFile,
            () -> listener.notice("Waiting for another process that fetches " + file.name()))) {
      if (cache.has(listing, file.name())) {
        return;
      }
      if (!isThere()) {
        fetch(lock);
      }
      cache.link(listing, file);
    }
  }

  private void fetch(BlobLock lock) throws IOException {
    Files.deleteIfExists(blob);
    String suffix = lock.isHeldAmongProcesses() ? INCOMPLETE : "." + UUID.randomUUID() + INCOMPLETE;
    try (PartialFile part = PartialFile.open(blob.resolveSibling(file.blob() + suffix))) {
      receive(part);
      part.move(blob);
    }
  }

  private void receive(PartialFile part) throws IOException {
    Retries retries = new Retries(api.settings().patience(), listener);
    progress.accept(part.size());
    for (int whole = 0; whole < 2; whole++) {
      retries.run(
          () -> {
            append(part, retries);
            return part;
          });
      if (file.sha256().isEmpty() || part.sha256().equals(file.sha256().get())) {
        return;
      }
      listener.notice(file.name() + " has arrived with a wrong sha256; it is fetched anew");
      restart(part);
    }
    part.delete();
    throw new HubException(
        file.name()
            + " of "
            + listing
            + " has arrived twice with another sha256 than the hub tells, "
            + file.etag()
            + ": something on the way changes it");
  }

  private void restart(PartialFile part) throws IOException {
    progress.accept(-part.size());
    part.restart();
  }

  /** Takes what the server sends from where the part ends, to the end of the file. */
  private void append(PartialFile part, Retries retries) throws IOException {
    if (part.size() == file.size().orElse(-1)) {
      return;
    }
    if (part.size() > file.most()) {
      restart(part);
    }
    try (Answer answer = api.content(listing, file.name(), part.size())) {
      boolean continues = answer.status() == Answer.PARTIAL && answer.startsAt(part.size());
      if (!continues && part.size() > 0) {
        restart(part);
      }
      if (!continues && answer.status() != Answer.OK) {
        throw new PassingException(
            answer.where() + " does not take up where it broke off", Optional.empty());
      }
      copy(answer, part, retries);
    }
    long size = file.size().orElse(part.size());
    if (part.size() < size) {
      throw new PassingException(
          api.settings().endpoint()
              + " sent "
              + part.size()
              + " of the "
              + size
              + " bytes of "
              + file.name(),
          Optional.empty());
    }
  }

  private void copy(Answer answer, PartialFile part, Retries retries) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int count = answer.read(buffer); count >= 0; count = answer.read(buffer)) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("Interrupted while fetching " + file.name());
      }
      if (part.size() + count > file.most()) {
        restart(part);
        if (file.size().isEmpty()) {
          throw new RequestException(withoutSize());
        }
        throw new HubException(
            answer.where() + " sends more than the " + file.most() + " bytes it told");
      }
      part.append(buffer, count);
      progress.accept(count);
      if (part.size() > furthest) {
        furthest = part.size();
        retries.progressed();
      }
    }
  }

  private String withoutSize() {
    return api.settings().endpoint()
        + " tells no size of "
        + file.name()
        + " of "
        + listing
        + ", and sends more than the "
        + file.most()
        + " bytes that are taken of such a file. Set HF_ENDPOINT to a hub that tells sizes, or fetch "
        + listing.repository()
        + " beforehand into "
        + cache.root();
  }
}
