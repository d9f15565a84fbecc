/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The folder of huggingface_hub. A repository's {@code refs/main} names a commit, {@code
 * snapshots/COMMIT} holds its files as links into {@code blobs}, where a content lies under its
 * etag.
 */
record HubCache(Path root) {

  /** The folder of a commit's files. */
  Path snapshot(RepositoryId repository, String commit) {
    return folder(repository).resolve("snapshots").resolve(commit);
  }

  /** Where a content is kept. */
  Path blob(RepositoryId repository, RemoteFile file) {
    return folder(repository).resolve("blobs").resolve(file.blob());
  }

  /** What is locked while a content is fetched. */
  Path lock(RepositoryId repository, RemoteFile file) {
    return root.resolve(".locks").resolve(repository.folder()).resolve(file.blob() + ".lock");
  }

  private Path folder(RepositoryId repository) {
    return root.resolve(repository.folder());
  }

  /** What the cache has of a revision: the commit that it was when last seen. */
  Optional<Listing> listing(RepositoryId repository, String revision) throws IOException {
    Path ref = folder(repository).resolve("refs").resolve(revision);
    String commit = Files.isRegularFile(ref) ? Files.readString(ref).strip() : revision;
    boolean named = !commit.contains("/");
    if (!named || !Files.isDirectory(snapshot(repository, commit))) {
      return Optional.empty();
    }
    Path snapshot = snapshot(repository, RepositoryPaths.requireCommit(commit));
    try (Stream<Path> entries = Files.walk(snapshot)) {
      List<String> files =
          entries
              .filter(Files::isRegularFile)
              .map(file -> snapshot.relativize(file).toString().replace('\\', '/'))
              .sorted()
              .toList();
      return Optional.of(new Listing(repository, revision, commit, files, Listing.Source.CACHE));
    }
  }

  /** Whether a file of a commit is there. */
  boolean has(Listing listing, String file) {
    return Files.isRegularFile(snapshot(listing.repository(), listing.commit()).resolve(file));
  }

  /**
   * Makes a content a file of a commit, for who holds its lock. There is never a moment without a
   * file that was there before. Where there are no links the content itself is moved there.
   */
  void link(Listing listing, RemoteFile file) throws IOException {
    Path blob = blob(listing.repository(), file);
    Path link = snapshot(listing.repository(), listing.commit()).resolve(file.name());
    Files.createDirectories(link.getParent());
    Path made = blob.resolveSibling(file.blob() + "." + UUID.randomUUID() + ".link");
    try {
      Files.createSymbolicLink(made, link.getParent().relativize(blob));
    } catch (AccessDeniedException | NoSuchFileException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      made = blob;
    }
    Files.move(made, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Notes which commit a revision is, once its files are there. A cache may be read only. */
  void remember(Listing listing) throws IOException {
    if (listing.revision().equals(listing.commit())) {
      return;
    }
    Path ref = folder(listing.repository()).resolve("refs").resolve(listing.revision());
    if (Files.isRegularFile(ref) && Files.readString(ref).strip().equals(listing.commit())) {
      return;
    }
    if (!Files.isWritable(folder(listing.repository()))) {
      return;
    }
    Files.createDirectories(ref.getParent());
    Path written = ref.resolveSibling(ref.getFileName() + "." + UUID.randomUUID() + ".tmp");
    Files.writeString(written, listing.commit());
    Files.move(written, ref, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Makes the folders that a repository's files go into, and sees that they fit. */
  void prepare(RepositoryId repository, long bytes) throws IOException {
    try {
      Path blobs = Files.createDirectories(folder(repository).resolve("blobs"));
      long free = Files.getFileStore(blobs).getUsableSpace();
      if (free > 0 && free < bytes) {
        throw new RequestException(
            String.format(
                Locale.ROOT,
                "%s takes %.1f GB, and %s has %.1f GB left. Make room, or set HF_HOME to a larger place",
                repository,
                bytes / 1e9,
                root,
                free / 1e9));
      }
    } catch (FileSystemException e) {
      throw new RequestException(
          "The hub's cache "
              + root
              + " cannot be written to ("
              + e
              + "). Set HF_HOME, or HF_HUB_CACHE, to a folder that can",
          e);
    }
  }
}
