/**
 * The weights of a checkpoint by module, whatever form they are stored in: dense, transposed,
 * stacked by expert, or in codes of compressed-tensors, of DeepSeek, of GPT-OSS or of ModelOpt. Who
 * reads a weight asks for rows of a dense matrix and does not see the form.
 */
package dev.sinter.weight;
