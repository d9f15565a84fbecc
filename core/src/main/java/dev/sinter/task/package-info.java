/**
 * What one task does, wherever it runs: read token ids, push activations through a subgraph, gather
 * statistics, solve modules, write a shard. Engines move data between tasks and decide where they
 * run; the arithmetic, and so the bytes, are here alone.
 */
package dev.sinter.task;
