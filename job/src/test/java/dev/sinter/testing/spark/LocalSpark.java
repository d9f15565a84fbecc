/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing.spark;

import com.holdenkarau.spark.testing.SharedJavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;

/** A local Spark that the tests of a class share. */
public abstract class LocalSpark extends SharedJavaSparkContext {
  @BeforeEach
  void startSpark() {
    runBefore();
  }

  @AfterAll
  static void stopSpark() {
    SharedJavaSparkContext.runAfterClass();
  }

  protected final SparkSession session() {
    return SparkSession.builder().config(jsc().getConf()).getOrCreate();
  }
}
