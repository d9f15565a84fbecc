/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.problem.RequestException;
import dev.sinter.store.HadoopConfiguration;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/**
 * The files at a location: of a folder, and of folders in it, by path; a file; or those that a
 * pattern matches.
 *
 * @param root the folder that names count from
 */
record DataFiles(String root, Kind kind, List<DataFile> files) {
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:/.*");
  private static final Pattern WILDCARD = Pattern.compile("[*?{\\[]");

  DataFiles {
    files = List.copyOf(files);
  }

  /** What the location is. */
  enum Kind {
    FILE,
    FOLDER,
    PATTERN
  }

  /** Whether a location says itself where it is stored. */
  static boolean hasScheme(String location) {
    return SCHEME.matcher(location).matches();
  }

  /** What lies there; empty if nothing does. */
  static Optional<DataFiles> at(String location) throws IOException {
    Path path = path(location);
    try {
      FileSystem system = path.getFileSystem(HadoopConfiguration.current());
      Optional<FileStatus> status = status(system, path);
      if (status.isPresent()) {
        return Optional.of(of(system, status.get()));
      }
      return WILDCARD.matcher(location).find() ? matches(system, path) : Optional.empty();
    } catch (UnsupportedFileSystemException e) {
      throw new RequestException(
          "Cannot open " + location + ": no storage on the class path handles it. Add its jar", e);
    }
  }

  /**
   * Hadoop reads a path without scheme from its default file system; people mean their own disk.
   */
  private static Path path(String location) {
    return hasScheme(location)
        ? new Path(location)
        : new Path("file", null, java.nio.file.Path.of(location).toAbsolutePath().toString());
  }

  private static Optional<FileStatus> status(FileSystem system, Path path) throws IOException {
    try {
      return Optional.of(system.getFileStatus(path));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  private static DataFiles of(FileSystem system, FileStatus found) throws IOException {
    Path path = found.getPath();
    if (found.isFile()) {
      Path folder = path.getParent();
      return new DataFiles(folder.toString(), Kind.FILE, List.of(file(folder, found)));
    }
    return new DataFiles(path.toString(), Kind.FOLDER, inside(system, path, path));
  }

  private static Optional<DataFiles> matches(FileSystem system, Path pattern) throws IOException {
    FileStatus[] found = system.globStatus(pattern);
    if (found == null || found.length == 0) {
      return Optional.empty();
    }
    Path root = pattern;
    while (WILDCARD.matcher(root.toString()).find()) {
      root = root.getParent();
    }
    List<DataFile> files = new ArrayList<>();
    for (FileStatus status : found) {
      if (status.isFile()) {
        files.add(file(root, status));
      } else {
        files.addAll(inside(system, root, status.getPath()));
      }
    }
    files.sort(Comparator.comparing(DataFile::path));
    return Optional.of(new DataFiles(root.toString(), Kind.PATTERN, files));
  }

  /** All files below a folder but those that Spark hides, too. */
  private static List<DataFile> inside(FileSystem system, Path root, Path folder)
      throws IOException {
    List<DataFile> files = new ArrayList<>();
    RemoteIterator<LocatedFileStatus> all = system.listFiles(folder, /* recursive= */ true);
    while (all.hasNext()) {
      DataFile file = file(root, all.next());
      if (!isHidden(file.name())) {
        files.add(file);
      }
    }
    files.sort(Comparator.comparing(DataFile::path));
    return files;
  }

  private static DataFile file(Path root, FileStatus status) {
    String path = status.getPath().toString();
    String folder = root.toString();
    String name = path.substring(folder.length() + (folder.endsWith("/") ? 0 : 1));
    return new DataFile(path, name, status.getLen(), String.valueOf(status.getModificationTime()));
  }

  /** Whether Spark passes over a path: a part of it begins with a dot, or an underscore. */
  static boolean isHidden(String name) {
    for (String part : name.split("/", -1)) {
      if (part.startsWith(".") || (part.startsWith("_") && !part.contains("="))) {
        return true;
      }
    }
    return false;
  }
}
