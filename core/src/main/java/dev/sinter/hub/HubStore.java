/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.hub;

import dev.sinter.checkpoint.FileInfo;
import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.PendingFile;
import dev.sinter.checkpoint.RangeReader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A repository as a folder that is read over the line, by ranges: for a look at headers, where the
 * weights themselves are not needed.
 */
record HubStore(HubApi api, HubListener listener, Listing listing, Map<String, RemoteFile> files)
    implements FileStore {

  static HubStore of(HubApi api, HubListener listener, Listing listing, List<RemoteFile> files) {
    return new HubStore(
        api,
        listener,
        listing,
        files.stream().collect(Collectors.toMap(RemoteFile::name, Function.identity())));
  }

  @Override
  public String location() {
    return "hf://" + listing.repository().path() + "@" + listing.commit();
  }

  @Override
  public FileStore folder(String name) {
    Map<String, RemoteFile> inside = new TreeMap<>();
    files.forEach(
        (path, file) -> {
          if (path.startsWith(name + "/")) {
            inside.put(path.substring(name.length() + 1), file);
          }
        });
    return new HubStore(api, listener, listing, inside);
  }

  @Override
  public Optional<FileInfo> info(String name) {
    return Optional.ofNullable(files.get(name))
        .map(file -> new FileInfo(name, file.size().orElse(0), file.etag()));
  }

  @Override
  public List<FileInfo> list() {
    return files.keySet().stream()
        .filter(name -> !name.contains("/"))
        .sorted()
        .map(name -> info(name).orElseThrow())
        .toList();
  }

  @Override
  public RangeReader open(String name) throws IOException {
    RemoteFile file = files.get(name);
    if (file == null) {
      throw new NoSuchFileException(location() + "/" + name);
    }
    return new Reader(file);
  }

  /** Fetches a little more than is asked for, since who reads a length reads on behind it. */
  private final class Reader implements RangeReader {
    private static final int AHEAD = 1 << 18;

    private final RemoteFile file;
    private final long size;
    private byte[] block = {};
    private long blockStart;

    Reader(RemoteFile file) throws HubException {
      this.file = file;
      this.size =
          file.size()
              .orElseThrow(() -> new HubException(file.name() + " of " + listing + " has no size"));
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public void readFully(long position, ByteBuffer into) throws IOException {
      int count = into.remaining();
      if (position + count > size) {
        throw new EOFException(file.name() + " of " + listing + " ends at byte " + size);
      }
      if (position < blockStart || position + count > blockStart + block.length) {
        int wanted = (int) Math.min(size - position, Math.max(count, AHEAD));
        block =
            new Retries(api.settings().patience(), listener)
                .run(() -> api.range(listing, file.name(), position, wanted));
        blockStart = position;
      }
      into.put(block, (int) (position - blockStart), count);
    }

    @Override
    public void close() {
      block = new byte[0];
    }
  }

  @Override
  public PendingFile create(String name) {
    throw onlyRead();
  }

  @Override
  public void delete(String name) {
    throw onlyRead();
  }

  @Override
  public void deletePending() {
    throw onlyRead();
  }

  @Override
  public void deleteAll() {
    throw onlyRead();
  }

  private UnsupportedOperationException onlyRead() {
    return new UnsupportedOperationException(location() + " is only read");
  }
}
