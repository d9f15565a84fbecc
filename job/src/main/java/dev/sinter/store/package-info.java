/**
 * Storage over Hadoop's file systems: whatever Spark reads, checkpoints are read from and written
 * to.
 */
package dev.sinter.store;
