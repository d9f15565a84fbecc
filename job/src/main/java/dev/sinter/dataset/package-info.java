/**
 * What --dataset names, wherever it lies, as rows: each a JSON object with the place where it
 * stands, so that nobody above depends on how Spark cuts files into partitions.
 */
package dev.sinter.dataset;
