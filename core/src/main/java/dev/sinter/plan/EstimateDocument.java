/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.json.Json;

/** What a plan takes, for programs. */
public final class EstimateDocument {
  private static final long MIB = 1L << 20;

  private EstimateDocument() {}

  public static Json.Obj json(PlanEstimate estimate) {
    return Json.object(
        "flops", estimate.work().map(EstimateDocument::work).orElse(null),
        "memory", memory(estimate.footprint()));
  }

  private static Json work(Work work) {
    return Json.object(
        "sweep", work.sweep(),
        "gram", work.gram(),
        "solve", work.solve(),
        "advance", work.advance(),
        "total", work.total());
  }

  private static Json memory(Footprint footprint) {
    return Json.object(
        "spark.executor.cores", footprint.cores(),
        "spark.executor.memory", setting(footprint.executorHeap()),
        "spark.executor.memoryOverhead", setting(footprint.executorOverhead()),
        "spark.driver.memory", setting(footprint.driverHeap()),
        "one_machine_bytes", footprint.ofOneMachine(),
        "overhead", footprint.terms().stream().map(EstimateDocument::term).toList());
  }

  private static Json term(Footprint.Term term) {
    return Json.object("what", term.what(), "bytes", term.bytes(), "times", term.times());
  }

  /** A size as Spark's settings have it. */
  public static String setting(long bytes) {
    long mib = bytes / MIB;
    return mib % 1024 == 0 ? mib / 1024 + "g" : mib + "m";
  }
}
