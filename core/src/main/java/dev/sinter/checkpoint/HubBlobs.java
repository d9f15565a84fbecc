/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the cache of huggingface_hub keeps contents that a snapshot links to: in {@code blobs}
 * beside {@code snapshots}, some of which are links themselves, into the {@code blobs} that all
 * repositories share.
 */
record HubBlobs(List<Path> folders) {
  private static final String SNAPSHOTS = "snapshots";
  private static final String BLOBS = "blobs";

  /** Those of the snapshot that a folder is, or lies in; none if there is no such snapshot. */
  static HubBlobs of(Path folder) {
    for (Path inside = folder; inside != null; inside = inside.getParent()) {
      Path snapshots = inside.getParent();
      if (snapshots != null && snapshots.endsWith(SNAPSHOTS) && snapshots.getParent() != null) {
        Path repository = snapshots.getParent();
        boolean cached = repository.getFileName() != null && repository.getParent() != null;
        return cached && repository.getFileName().toString().contains("--")
            ? new HubBlobs(List.of(repository.resolve(BLOBS), repository.resolveSibling(BLOBS)))
            : new HubBlobs(List.of(repository.resolve(BLOBS)));
      }
    }
    return new HubBlobs(List.of());
  }

  boolean contains(Path real) {
    return folders.stream().anyMatch(real::startsWith);
  }

  /**
   * The name of the blob that a file of a snapshot is a link to. It stands for the content,
   * wherever and whenever that was fetched.
   */
  static Optional<String> name(Path file) throws IOException {
    if (!Files.isSymbolicLink(file)) {
      return Optional.empty();
    }
    Path folder = file.getParent().toRealPath();
    Path target = folder.resolve(Files.readSymbolicLink(file)).normalize();
    return of(folder).contains(target)
        ? Optional.of(target.getFileName().toString())
        : Optional.empty();
  }
}
