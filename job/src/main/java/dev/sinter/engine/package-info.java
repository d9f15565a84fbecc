/**
 * Spark as an engine: slices are partitions, a sweep and an advance are one map task, statistics
 * meet by a sorted shuffle on the executor that will solve (or on the driver, if it is told to),
 * and results come back one by one. No arithmetic of a method is here.
 */
package dev.sinter.engine;
