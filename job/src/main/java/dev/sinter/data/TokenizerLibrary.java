/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.bytedeco.javacpp.Loader;

/**
 * Hugging Face's tokenizers, the native library: unpacked into the cache of native libraries,
 * loaded once. The bindings' own loader is passed by: it looks for GPUs, which takes memory on
 * them, and may download.
 */
final class TokenizerLibrary {
  private static final String RESOURCE = "/native/lib/linux-x86_64/cpu/libtokenizers.so";

  private TokenizerLibrary() {}

  /** The bindings, which need the library in place. */
  static TokenizersLibrary bindings() {
    return Holder.BINDINGS;
  }

  /** Loads on first use; the class's initialisation is the once. */
  private static final class Holder {
    static final TokenizersLibrary BINDINGS = load();

    private Holder() {}

    private static TokenizersLibrary load() {
      URL resource = TokenizersLibrary.class.getResource(RESOURCE);
      if (resource == null) {
        throw new IllegalStateException(
            "The tokenizers' jar has no " + RESOURCE + ": tokenizing runs on Linux x86-64 alone");
      }
      try {
        System.load(unpacked(resource).toAbsolutePath().toString());
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot unpack the tokenizers' native library", e);
      }
      return TokenizersLibrary.LIB;
    }

    /** Whoever comes first moves it there whole: a file that is mapped is never written to. */
    private static Path unpacked(URL resource) throws IOException {
      URLConnection connection = resource.openConnection();
      connection.setUseCaches(false);
      try (InputStream content = connection.getInputStream()) {
        long size = connection.getContentLengthLong();
        Path folder = Loader.getCacheDir().toPath().resolve("sinter-tokenizers");
        Path target = folder.resolve(size + "-" + connection.getLastModified() + ".so");
        if (Files.exists(target) && Files.size(target) == size) {
          return target;
        }
        Files.createDirectories(folder);
        Path whole = Files.createTempFile(folder, "unpacking", ".so");
        Files.copy(content, whole, StandardCopyOption.REPLACE_EXISTING);
        return Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }
}
