/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** The session that reads data: the one that is there, or one of the context's settings. */
final class SparkSessions {
  private SparkSessions() {}

  static SparkSession of(JavaSparkContext spark) {
    return SparkSession.builder().config(spark.getConf()).getOrCreate();
  }
}
