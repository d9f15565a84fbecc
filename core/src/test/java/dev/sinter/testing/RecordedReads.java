/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing;

import dev.sinter.checkpoint.FileInfo;
import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStoreProvider;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.PendingFile;
import dev.sinter.checkpoint.RangeReader;
import dev.sinter.checkpoint.TensorEntry;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Local folders under the scheme {@code recorded:} that know which of their bytes were read. */
public final class RecordedReads implements FileStoreProvider {
  private static final String SCHEME = "recorded";
  private static final ConcurrentLinkedQueue<Read> READS = new ConcurrentLinkedQueue<>();

  private record Read(String file, long start, long end) {}

  /** The location of a folder whose reads are recorded. */
  public static String at(Path folder) {
    return SCHEME + ":" + folder;
  }

  /** The tensors of a folder of which something was read since this was last asked. */
  public static Set<String> tensors(Path folder) throws IOException {
    Set<String> names = new HashSet<>();
    for (TensorEntry entry : TestData.tensors(folder).values()) {
      boolean isRead =
          READS.stream()
              .anyMatch(
                  read ->
                      read.file.equals(entry.file())
                          && read.start < entry.offset() + entry.spec().bytes()
                          && read.end > entry.offset());
      if (isRead) {
        names.add(entry.name());
      }
    }
    READS.clear();
    return names;
  }

  @Override
  public boolean handles(String scheme) {
    return scheme.equals(SCHEME);
  }

  @Override
  public FileStore open(URI location) {
    return new Recorded(FileStores.at(location.getPath()));
  }

  private record Recorded(FileStore local) implements FileStore {
    @Override
    public String location() {
      return SCHEME + ":" + local.location();
    }

    @Override
    public FileStore folder(String name) {
      return new Recorded(local.folder(name));
    }

    @Override
    public Optional<FileInfo> info(String name) throws IOException {
      return local.info(name);
    }

    @Override
    public List<FileInfo> list() throws IOException {
      return local.list();
    }

    @Override
    public RangeReader open(String name) throws IOException {
      return new Reader(local.open(name), name);
    }

    @Override
    public PendingFile create(String name) throws IOException {
      return local.create(name);
    }

    @Override
    public void delete(String name) throws IOException {
      local.delete(name);
    }

    @Override
    public void deletePending() throws IOException {
      local.deletePending();
    }

    @Override
    public void deleteAll() throws IOException {
      local.deleteAll();
    }
  }

  private record Reader(RangeReader reader, String file) implements RangeReader {
    @Override
    public long size() {
      return reader.size();
    }

    @Override
    public void readFully(long position, ByteBuffer into) throws IOException {
      READS.add(new Read(file, position, position + into.remaining()));
      reader.readFully(position, into);
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
