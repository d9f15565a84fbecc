/**
 * Calibration data: read and chosen by Spark, so that which samples are taken never depends on how
 * files are split.
 */
package dev.sinter.data;
