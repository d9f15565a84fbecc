/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.store;

import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.SparkHadoopUtil;

/** How Hadoop's file systems are reached, on the driver and in tasks alike. */
public final class HadoopConfiguration {
  private HadoopConfiguration() {}

  /**
   * Hadoop's settings with what spark.hadoop.* adds to them: of the running application, or of the
   * one to come.
   */
  public static Configuration current() {
    SparkConf conf =
        Optional.ofNullable(SparkEnv.get()).map(SparkEnv::conf).orElseGet(SparkConf::new);
    return SparkHadoopUtil.get().newConfiguration(conf);
  }
}
