/**
 * The result: shards, tokenizer, recipe, manifest, index, config and _SUCCESS, written in this
 * order, so that a folder whose writing was cut short is no model; and what may be written into
 * which folder.
 */
package dev.sinter.output;
