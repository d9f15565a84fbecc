/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing;

import dev.sinter.checkpoint.FileInfo;
import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStoreProvider;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.PendingFile;
import dev.sinter.checkpoint.RangeReader;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Local folders under the scheme {@code faulty:} that let the process die, as far as a test can,
 * right after a chosen commit: the file is there, and nothing that was to follow happens.
 */
public final class FaultyStores implements FileStoreProvider {
  private static final String SCHEME = "faulty";
  private static final AtomicInteger COMMITS_LEFT = new AtomicInteger(Integer.MAX_VALUE);
  private static final String NO_FILE = "/";
  private static final AtomicReference<String> CRASH_FILE = new AtomicReference<>(NO_FILE);

  /** What stands for the death of the driver. */
  public static final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash(String file) {
      super("Crash after the commit of " + file);
    }
  }

  /** The location of a folder that fails as told. */
  public static String at(Path folder) {
    return SCHEME + ":" + folder;
  }

  /** Lets so many commits succeed, the last of which is followed by a crash. */
  public static void crashAfter(int commits) {
    COMMITS_LEFT.set(commits);
  }

  /** Crashes behind the commit of the first file whose name starts so. */
  public static void crashAfterFile(String prefix) {
    CRASH_FILE.set(prefix);
  }

  public static void heal() {
    COMMITS_LEFT.set(Integer.MAX_VALUE);
    CRASH_FILE.set(NO_FILE);
  }

  @Override
  public boolean handles(String scheme) {
    return scheme.equals(SCHEME);
  }

  @Override
  public FileStore open(URI location) {
    return new Faulty(FileStores.at(location.getPath()));
  }

  private record Faulty(FileStore local) implements FileStore {
    @Override
    public String location() {
      return SCHEME + ":" + local.location();
    }

    @Override
    public FileStore folder(String name) {
      return new Faulty(local.folder(name));
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
      return local.open(name);
    }

    @Override
    public PendingFile create(String name) throws IOException {
      return new FaultyFile(local.create(name), name);
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

  private record FaultyFile(PendingFile file, String name) implements PendingFile {
    @Override
    public void write(ByteBuffer bytes) throws IOException {
      file.write(bytes);
    }

    @Override
    public void commit() throws IOException {
      file.commit();
      if (COMMITS_LEFT.decrementAndGet() == 0 || name.startsWith(CRASH_FILE.get())) {
        throw new Crash(name);
      }
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
