/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Opens folders by location, and reads and writes small files whole. */
public final class FileStores {
  private static final int COPY_BYTES = 4 << 20;

  /** A configuration or index larger than this is no such file. */
  private static final long MAX_SMALL_FILE = 512L << 20;

  /** One letter is no scheme but a drive. */
  private static final Pattern URI_SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):");

  private FileStores() {}

  /**
   * The folder at a location: a local path, a file: URI, or a URI whose scheme a provider on the
   * class path handles.
   */
  public static FileStore at(String location) {
    Matcher uri = URI_SCHEME.matcher(location);
    if (!uri.lookingAt()) {
      return new LocalFileStore(Path.of(location));
    }
    String scheme = uri.group(1);
    if (scheme.equals("file")) {
      return new LocalFileStore(localPath(location));
    }
    for (FileStoreProvider provider : ServiceLoader.load(FileStoreProvider.class)) {
      if (provider.handles(scheme)) {
        return provider.open(uri(location));
      }
    }
    throw new RequestException(
        "Cannot open "
            + location
            + ": no storage on the class path handles "
            + scheme
            + ":. Use a local path, or add its jar.");
  }

  private static Path localPath(String location) {
    try {
      return Path.of(uri(location));
    } catch (IllegalArgumentException e) {
      throw new RequestException("Cannot open " + location + ": " + e.getMessage(), e);
    }
  }

  private static URI uri(String location) {
    try {
      return new URI(location);
    } catch (URISyntaxException e) {
      throw new RequestException("Cannot open " + location + ": " + e.getReason(), e);
    }
  }

  /** A small file's content. */
  public static byte[] read(FileStore store, String name) throws IOException {
    try (RangeReader reader = store.open(name)) {
      if (reader.size() > MAX_SMALL_FILE) {
        throw new IOException(
            name
                + " has "
                + reader.size()
                + " bytes; at most "
                + MAX_SMALL_FILE
                + " were expected");
      }
      byte[] content = new byte[(int) reader.size()];
      reader.readFully(0, ByteBuffer.wrap(content));
      return content;
    }
  }

  /** What to say of the folder that a flag names if nothing can be written there. */
  public static Optional<String> unwritable(String flag, FileStore store) {
    return store
        .obstacle()
        .map(
            why ->
                "Nothing can be written to "
                    + flag
                    + ": "
                    + why
                    + ". Name a folder that you may write to");
  }

  /** Writes a small file and commits it. */
  public static void write(FileStore store, String name, byte[] content) throws IOException {
    try (PendingFile file = store.create(name)) {
      file.write(ByteBuffer.wrap(content));
      file.commit();
    }
  }

  public static void write(FileStore store, String name, String content) throws IOException {
    write(store, name, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Copies a file of any size to another folder, and returns what was written. */
  public static WrittenFile copy(FileStore from, String name, FileStore to) throws IOException {
    MessageDigest sha256 = TensorWriter.sha256();
    try (RangeReader reader = from.open(name);
        PendingFile file = to.create(name)) {
      ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(reader.size(), COPY_BYTES));
      for (long done = 0; done < reader.size(); done += buffer.capacity()) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), reader.size() - done));
        reader.readFully(done, buffer);
        sha256.update(buffer.flip().duplicate());
        file.write(buffer);
      }
      file.commit();
      return new WrittenFile(name, reader.size(), HexFormat.of().formatHex(sha256.digest()));
    }
  }
}
