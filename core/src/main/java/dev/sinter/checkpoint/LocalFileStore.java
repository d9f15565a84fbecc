/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import dev.sinter.problem.RequestException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** A local directory. A pending file is a hidden sibling that its commit renames. */
final class LocalFileStore implements FileStore {

  private final Path directory;

  LocalFileStore(Path directory) {
    this.directory = directory.toAbsolutePath().normalize();
  }

  @Override
  public String location() {
    return directory.toString();
  }

  @Override
  public FileStore folder(String name) {
    return new LocalFileStore(directory.resolve(FileNames.requireElement(name)));
  }

  @Override
  public Optional<FileInfo> info(String name) throws IOException {
    Path path = path(name);
    if (!Files.isRegularFile(path)) {
      return Optional.empty();
    }
    requireInside(path);
    return Optional.of(info(path));
  }

  private static FileInfo info(Path path) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    return new FileInfo(
        path.getFileName().toString(),
        attributes.size(),
        HubBlobs.name(path).orElse(attributes.lastModifiedTime().toInstant().toString()));
  }

  @Override
  public List<FileInfo> list() throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    List<FileInfo> files = new ArrayList<>();
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path path : entries.filter(LocalFileStore::isVisible).toList()) {
        requireInside(path);
        files.add(info(path));
      }
    }
    files.sort(Comparator.comparing(FileInfo::name));
    return files;
  }

  private static boolean isVisible(Path path) {
    return Files.isRegularFile(path) && !path.toString().endsWith(FileNames.PENDING);
  }

  @Override
  public RangeReader open(String name) throws IOException {
    Path path = path(name);
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    requireInside(path);
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    return new LocalReader(path, channel, channel.size());
  }

  @Override
  public PendingFile create(String name) throws IOException {
    Path path = path(name);
    Files.createDirectories(directory);
    Path pending = directory.resolve("." + UUID.randomUUID() + FileNames.PENDING);
    FileChannel channel =
        FileChannel.open(pending, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return new LocalPendingFile(pending, path, channel);
  }

  @Override
  public Optional<String> obstacle() {
    Path there = directory;
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there)) {
      return Optional.of(there + " is no folder");
    }
    return Files.isWritable(there)
        ? Optional.empty()
        : Optional.of("there is no permission to write in " + there);
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(path(name));
  }

  @Override
  public void deletePending() throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path path :
          entries.filter(entry -> entry.toString().endsWith(FileNames.PENDING)).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  @Override
  public void deleteAll() throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    Files.walkFileTree(directory, new Deleter());
  }

  private Path path(String name) {
    return directory.resolve(FileNames.requireElement(name));
  }

  /**
   * A link may not lead out of the folder. One exception: the hub's cache keeps a snapshot's files
   * as links to blobs.
   */
  private void requireInside(Path path) throws IOException {
    Path real = path.toRealPath();
    Path root = directory.toRealPath();
    if (!real.startsWith(root) && !HubBlobs.of(root).contains(real)) {
      throw new RequestException(
          path
              + " is a link that leads out of its folder, to "
              + real
              + ", and is not followed. Put the file itself there in place of the link");
    }
  }

  private record LocalReader(Path path, FileChannel channel, long size) implements RangeReader {
    @Override
    public void readFully(long position, ByteBuffer into) throws IOException {
      long at = position;
      while (into.hasRemaining()) {
        int count = channel.read(into, at);
        if (count < 0) {
          throw new EOFException(
              path
                  + " ends at byte "
                  + channel.size()
                  + "; bytes up to "
                  + (at + into.remaining())
                  + " were expected");
        }
        at += count;
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  private static final class Deleter extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.deleteIfExists(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
