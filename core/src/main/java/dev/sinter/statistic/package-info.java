/**
 * Summaries of what passes a point of the model while it runs: each has an empty value, takes in
 * one more batch, and falls into parts that merge with the parts of another. Parts are small, so a
 * summary of any size travels and adds up piece by piece, in the order of the slices.
 */
package dev.sinter.statistic;
