/**
 * Recipes: YAML read with positions, so that every error says file, line and column; the simple
 * forms of llm-compressor's grammar; and the recipe as it is written beside a result, which reads
 * back to the same.
 */
package dev.sinter.recipe;
