/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.engine.EngineSettings;
import dev.sinter.problem.RequestException;
import dev.sinter.tensor.Torch;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The Spark that a command runs on: the one that is there, or one of its own, which it also stops.
 */
final class SparkContexts implements AutoCloseable {
  private static final String MASTER = "spark.master";
  private static final String DEFAULT_MASTER = "local[*]";
  private static final String KEPT_BYTES = String.valueOf(1 << 30);

  private final Optional<String> master;
  private final PrintStream err;
  private final EngineSettings settings;
  private Optional<JavaSparkContext> own = Optional.empty();

  SparkContexts(Optional<String> master, PrintStream err) {
    this.master = master;
    this.err = err;
    this.settings = checked(err);
    // Loads while the request is checked; who needs the libraries waits for them.
    Thread loading = new Thread(Torch::load, "native-libraries");
    loading.setDaemon(true);
    loading.setUncaughtExceptionHandler(
        (thread, e) -> err.println("sinter: the native libraries do not load: " + e.getMessage()));
    loading.start();
  }

  /** The engine's settings, refused before anything starts if they are wrong. */
  private static EngineSettings checked(PrintStream err) {
    SparkConf conf = SparkEnv.get() == null ? new SparkConf() : SparkEnv.get().conf();
    EngineSettings settings = EngineSettings.of(conf);
    Device.idleGpus(conf).ifPresent(note -> err.println("sinter: note: " + note));
    return settings;
  }

  /** The context, started if need be. */
  synchronized JavaSparkContext get() {
    if (own.isPresent()) {
      return own.get();
    }
    // What runs already, in a notebook or a job server, is not ours to stop.
    if (SparkEnv.get() != null) {
      return new JavaSparkContext(SparkContext.getOrCreate());
    }
    SparkConf conf = configuration();
    err.println("sinter: starting Spark on " + conf.get(MASTER) + ", to compute on the CPU");
    try {
      own = Optional.of(new JavaSparkContext(SparkContext.getOrCreate(conf)));
      sayMixed(Executors.ready(own.get(), settings.executorsWait(), err));
    } catch (Exception e) {
      // Spark declares no exception here and throws its checked one all the same.
      if (String.valueOf(e.getMessage()).contains("Master URL")) {
        throw new RequestException("--master " + conf.get(MASTER) + ": " + e.getMessage(), e);
      }
      throw e;
    }
    return own.get();
  }

  private void sayMixed(List<String> kinds) {
    if (kinds.size() > 1) {
      err.println(
          "sinter: the executors' machines differ, and so may the bytes that they compute: "
              + String.join("; ", kinds));
    }
  }

  private SparkConf configuration() {
    SparkConf conf = new SparkConf().setIfMissing("spark.app.name", "sinter");
    master.ifPresent(url -> conf.set(MASTER, url));
    conf.setIfMissing(MASTER, DEFAULT_MASTER);
    // One thread for each task's arithmetic: BLAS libraries read these when an executor starts.
    conf.setIfMissing("spark.executorEnv.OMP_NUM_THREADS", "1");
    conf.setIfMissing("spark.executorEnv.OPENBLAS_NUM_THREADS", "1");
    // Blocks of weights come and go all the time: the C library should keep their memory.
    conf.setIfMissing("spark.executorEnv.MALLOC_MMAP_THRESHOLD_", KEPT_BYTES);
    conf.setIfMissing("spark.executorEnv.MALLOC_TRIM_THRESHOLD_", KEPT_BYTES);
    // Java's serializer remembers the last hundred objects of a stream: of tiles, that is the heap.
    conf.setIfMissing("spark.serializer.objectStreamReset", "1");
    return conf;
  }

  @Override
  public synchronized void close() {
    own.ifPresent(JavaSparkContext::stop);
    own = Optional.empty();
  }
}
