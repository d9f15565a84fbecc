/**
 * The recipe resolved against one checkpoint: for each module what happens to it and which rule
 * said so, which tensors there will be and in which shard, before any work is done. It needs
 * config, names and shapes alone.
 */
package dev.sinter.plan;
