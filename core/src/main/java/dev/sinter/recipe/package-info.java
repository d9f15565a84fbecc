/**
 * Recipes: files of both dialects, llm-compressor's and ModelOpt's, found by name or place, read
 * with positions, their imports, overrides and arguments resolved as trees of data, and only then
 * understood. Every error says file, line and column, and all are said at once. The recipe is
 * written beside a result in a form that reads back to the same.
 */
package dev.sinter.recipe;
