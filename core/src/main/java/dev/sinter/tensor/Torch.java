/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.tensor;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.global.torch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The native libraries: loaded once, and the number of threads that one task's arithmetic uses. */
public final class Torch {
  /** What the tensors of this build lie on and are computed by. */
  public static final String DEVICE = "cpu";

  private static final Logger LOG = LoggerFactory.getLogger(Torch.class);

  private Torch() {}

  /**
   * Loads the native libraries. They are unpacked into a cache that the JVMs of a machine share;
   * unpacking while another JVM maps the same file kills that JVM, so it happens under a lock on
   * the cache.
   */
  public static void load() {
    Holder.touch();
  }

  /**
   * Sets how many threads the calling thread's operations use. The count belongs to the thread:
   * every task sets it at its start. BLAS keeps one thread whatever the count, so that
   * factorizations give the same bits everywhere.
   */
  public static void useThreads(int threads) {
    load();
    torch.set_num_threads(threads);
  }

  /**
   * The libraries' versions and the instruction set in use, as the manifest and doctor state them.
   */
  public static String description() {
    load();
    return "PyTorch "
        + version("pytorch")
        + " ("
        + cpuCapability()
        + "), OpenBLAS "
        + version("openblas");
  }

  /** The instruction set that PyTorch's kernels were chosen for: results differ between sets. */
  public static String cpuCapability() {
    try (PointerScope scope = new PointerScope()) {
      load();
      return torch.get_cpu_capability().getString();
    }
  }

  /** The number of CUDA devices that this process sees. */
  public static int cudaDevices() {
    load();
    return torch.cuda_is_available() ? (int) torch.cuda_device_count() : 0;
  }

  private static String version(String library) {
    try {
      return Loader.getVersion("org.bytedeco", library);
    } catch (IOException e) {
      return "of unknown version";
    }
  }

  /** Loads on first use; the class's initialisation is the once. */
  private static final class Holder {
    static {
      loadUnderLock();
    }

    private Holder() {}

    static void touch() {}

    private static void loadUnderLock() {
      // JavaCPP's own limits count the heap's memory against native memory; scopes bound it here.
      for (String limit :
          List.of("org.bytedeco.javacpp.maxbytes", "org.bytedeco.javacpp.maxphysicalbytes")) {
        System.setProperty(limit, System.getProperty(limit, "0"));
      }
      try {
        File cache = Loader.getCacheDir();
        Path lockFile = cache.toPath().resolve(".sinter.lock");
        Files.createDirectories(cache.toPath());
        try (FileChannel channel =
                FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            var lock = channel.lock()) {
          LOG.debug("Loading native libraries under {}", lock);
          Loader.load(org.bytedeco.openblas.global.openblas.class);
          Loader.load(torch.class);
        }
        openblas.blas_set_num_threads(1);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot unpack the native libraries", e);
      }
    }
  }
}
