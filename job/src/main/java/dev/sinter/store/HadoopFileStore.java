/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.store;

import dev.sinter.checkpoint.FileInfo;
import dev.sinter.checkpoint.FileNames;
import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.PendingFile;
import dev.sinter.checkpoint.RangeReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/**
 * A folder of a Hadoop file system. Where a rename is one atomic step, a pending file is a hidden
 * sibling that its commit renames; on an object store it is the upload itself, which shows nothing
 * before it is complete.
 */
final class HadoopFileStore implements FileStore {
  private static final int COPY_BYTES = 1 << 20;

  private final FileSystem files;
  private final Path folder;

  HadoopFileStore(FileSystem files, Path folder) {
    this.files = files;
    this.folder = folder;
  }

  @Override
  public String location() {
    return folder.toString();
  }

  @Override
  public FileStore folder(String name) {
    return new HadoopFileStore(files, path(name));
  }

  @Override
  public Optional<FileInfo> info(String name) throws IOException {
    try {
      FileStatus status = files.getFileStatus(path(name));
      return status.isFile() ? Optional.of(info(status)) : Optional.empty();
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  private static FileInfo info(FileStatus status) {
    return new FileInfo(
        status.getPath().getName(), status.getLen(), Long.toString(status.getModificationTime()));
  }

  @Override
  public List<FileInfo> list() throws IOException {
    List<FileInfo> found = new ArrayList<>();
    try {
      for (FileStatus status : files.listStatus(folder)) {
        if (status.isFile() && !status.getPath().getName().endsWith(FileNames.PENDING)) {
          found.add(info(status));
        }
      }
    } catch (FileNotFoundException e) {
      return List.of();
    }
    found.sort(Comparator.comparing(FileInfo::name));
    return found;
  }

  @Override
  public RangeReader open(String name) throws IOException {
    Path path = path(name);
    long size = files.getFileStatus(path).getLen();
    return new Reader(files.open(path), size);
  }

  @Override
  public PendingFile create(String name) throws IOException {
    Path target = path(name);
    // An upload that can be given up shows nothing before it is complete; any other stream writes a
    // sibling.
    boolean uploads = files.hasPathCapability(target, CommonPathCapabilities.ABORTABLE_STREAM);
    Path written = uploads ? target : path("." + UUID.randomUUID() + FileNames.PENDING);
    return new Pending(files, files.create(written, /* overwrite= */ true), written, target);
  }

  @Override
  public void deletePending() throws IOException {
    try {
      for (FileStatus status : files.listStatus(folder)) {
        if (status.getPath().getName().endsWith(FileNames.PENDING)) {
          files.delete(status.getPath(), /* recursive= */ false);
        }
      }
    } catch (FileNotFoundException e) {
      // A folder that does not exist holds nothing to delete.
    }
  }

  @Override
  public void delete(String name) throws IOException {
    files.delete(path(name), /* recursive= */ false);
  }

  @Override
  public void deleteAll() throws IOException {
    files.delete(folder, /* recursive= */ true);
  }

  private Path path(String name) {
    return new Path(folder, new Path(null, null, FileNames.requireElement(name)));
  }

  private record Reader(FSDataInputStream stream, long size) implements RangeReader {
    @Override
    public void readFully(long position, ByteBuffer into) throws IOException {
      long at = position;
      byte[] copy = new byte[Math.min(COPY_BYTES, into.remaining())];
      while (into.hasRemaining()) {
        int count = Math.min(copy.length, into.remaining());
        stream.readFully(at, copy, 0, count);
        into.put(copy, 0, count);
        at += count;
      }
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }

  /** Until the commit, closing undoes: an upload is aborted, a sibling deleted. */
  private static final class Pending implements PendingFile {
    private final FileSystem files;
    private final FSDataOutputStream stream;
    private final Path written;
    private final Path target;
    private boolean committed;

    Pending(FileSystem files, FSDataOutputStream stream, Path written, Path target) {
      this.files = files;
      this.stream = stream;
      this.written = written;
      this.target = target;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      byte[] copy = new byte[Math.min(COPY_BYTES, bytes.remaining())];
      while (bytes.hasRemaining()) {
        int count = Math.min(copy.length, bytes.remaining());
        bytes.get(copy, 0, count);
        stream.write(copy, 0, count);
      }
    }

    @Override
    public void commit() throws IOException {
      if (stream.hasCapability("hsync")) {
        stream.hsync();
      }
      stream.close();
      if (!written.equals(target)) {
        replace();
      }
      committed = true;
    }

    /** One atomic step where the file system has one; else what stands there must go first. */
    private void replace() throws IOException {
      try {
        FileContext.getFileContext(target.toUri(), files.getConf())
            .rename(written, target, Options.Rename.OVERWRITE);
      } catch (UnsupportedFileSystemException e) {
        files.delete(target, /* recursive= */ false);
        if (!files.rename(written, target)) {
          throw new IOException("Cannot rename " + written + " to " + target);
        }
      }
    }

    @Override
    public void close() throws IOException {
      if (committed) {
        return;
      }
      if (written.equals(target) && stream.hasCapability(CommonPathCapabilities.ABORTABLE_STREAM)) {
        stream.abort();
      }
      stream.close();
      if (!written.equals(target)) {
        files.delete(written, /* recursive= */ false);
      }
    }
  }
}
