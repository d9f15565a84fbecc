/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** Spark contexts for tests. */
public final class Contexts {
  private Contexts() {}

  public static JavaSparkContext start(String master) {
    return new JavaSparkContext(conf(master));
  }

  /** Executors of a local cluster are processes, which find the classes of the test's own JVM. */
  public static SparkConf conf(String master) {
    try {
      Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new SparkConf()
        .setMaster(master)
        .setAppName("sinter-test")
        .set("spark.ui.enabled", "false")
        .set("spark.executor.extraClassPath", Programs.classPath())
        .set("spark.executorEnv.OMP_NUM_THREADS", "1")
        .set("spark.executorEnv.OPENBLAS_NUM_THREADS", "1");
  }
}
