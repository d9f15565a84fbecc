/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import dev.sinter.checkpoint.FileStore;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A hub of models and datasets. Files are read where the cache of huggingface_hub keeps them, and
 * fetched into it if they are not there.
 */
public final class Hub {
  private final HubSettings settings;
  private final HubListener listener;
  private final HubCache cache;
  private final HubApi api;

  public Hub(HubSettings settings, HubListener listener) {
    this.settings = settings;
    this.listener = listener;
    this.cache = new HubCache(settings.cache());
    this.api = new HubApi(settings);
  }

  /**
   * The files of a repository at a revision. A hub that cannot be asked leaves what the cache has,
   * and that is said.
   */
  public Listing list(RepositoryId repository, String revision) throws IOException {
    RepositoryPaths.requireRevision(revision);
    Optional<Listing> cached = cache.listing(repository, revision);
    if (settings.network() == HubSettings.Network.OFFLINE) {
      return cached.orElseThrow(() -> absent(repository, revision));
    }
    try {
      return new Retries(settings.patience(), listener)
          .run(() -> api.listing(repository, revision));
    } catch (HubException | RequestException e) {
      if (cached.isEmpty()) {
        throw e;
      }
      listener.notice(e.getMessage() + ". Taken is " + cached.get() + "; it may be older");
      return cached.get();
    }
  }

  private RequestException absent(RepositoryId repository, String revision) {
    return new RequestException(
        "The hub's cache "
            + settings.cache()
            + " has no "
            + repository
            + " at "
            + revision
            + ", and HF_HUB_OFFLINE forbids to fetch it");
  }

  /** The local folder of a commit, with the files that are wanted of it. */
  public Path fetch(Listing listing, Predicate<String> wanted) throws IOException {
    bring(listing, listing.files().stream().filter(wanted).toList(), Long.MAX_VALUE);
    if (listing.source() == Listing.Source.ENDPOINT) {
      cache.remember(listing);
    }
    return cache.snapshot(listing.repository(), listing.commit());
  }

  /** Whether all that is wanted of a commit is here. */
  boolean has(Listing listing, Predicate<String> wanted) {
    return listing.files().stream().filter(wanted).allMatch(name -> cache.has(listing, name));
  }

  /** What is wanted of a commit as a folder that is read over the line. */
  FileStore remote(Listing listing, Predicate<String> wanted) throws IOException {
    return HubStore.of(
        api, listener, listing, ask(listing, listing.files().stream().filter(wanted).toList()));
  }

  private List<RemoteFile> ask(Listing listing, List<String> names) throws IOException {
    return Parallel.map(
        names,
        name -> new Retries(settings.patience(), listener).run(() -> api.file(listing, name)));
  }

  /** The content of one file, before it is decided which others are wanted. */
  public byte[] read(Listing listing, String file) throws IOException {
    bring(listing, List.of(file), RemoteFile.LARGEST_WHOLE);
    Path path = cache.snapshot(listing.repository(), listing.commit()).resolve(file);
    requireAtMost(RemoteFile.LARGEST_WHOLE, Files.size(path), file, listing);
    return Files.readAllBytes(path);
  }

  private static void requireAtMost(long most, long size, String file, Listing listing) {
    if (size > most) {
      throw new RequestException(
          file
              + " of "
              + listing
              + " has "
              + size
              + " bytes, and of what tells which files are wanted "
              + most
              + " are read at most. Put the files that you want into a folder without it, and name that");
    }
  }

  /** Fetches what is not here, each of so many bytes at most. */
  private void bring(Listing listing, List<String> names, long most) throws IOException {
    List<String> absent = names.stream().filter(name -> !cache.has(listing, name)).toList();
    if (absent.isEmpty()) {
      return;
    }
    if (listing.source() == Listing.Source.CACHE) {
      throw new RequestException(
          "The hub's cache " + settings.cache() + " lacks of " + listing + ": " + absent);
    }
    List<RemoteFile> files = ask(listing, absent);
    Tally tally = new Tally(listener);
    List<BlobDownload> downloads = new ArrayList<>();
    for (RemoteFile file : files) {
      requireAtMost(most, file.most(), file.name(), listing);
      BlobDownload download = new BlobDownload(api, cache, listener, listing, file, tally::fetched);
      downloads.add(download);
      tally.expect(download.isThere() ? 0 : file.size().orElse(0));
    }
    cache.prepare(listing.repository(), tally.expected);
    listener.fetching(listing, files.size(), tally.expected);
    Parallel.map(
        downloads,
        download -> {
          download.run();
          return download;
        });
  }

  /** What has come of what is expected, told in the order in which it came. */
  private static final class Tally {
    private final HubListener listener;
    private long expected;
    private long fetched;

    Tally(HubListener listener) {
      this.listener = listener;
    }

    void expect(long bytes) {
      expected += bytes;
    }

    synchronized void fetched(long bytes) {
      fetched += bytes;
      listener.fetched(fetched, expected);
    }
  }
}
