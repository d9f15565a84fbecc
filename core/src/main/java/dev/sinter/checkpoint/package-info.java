/**
 * Checkpoints as files: where they lie ({@link dev.sinter.checkpoint.FileStore}), the safetensors
 * format read strictly and written in a stream, shards and their index, and the names that a file
 * may bear. Nothing here knows what a tensor is for.
 */
package dev.sinter.checkpoint;
