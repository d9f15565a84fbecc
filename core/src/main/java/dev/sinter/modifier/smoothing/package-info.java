/**
 * Which pairs of a model a smoothing method means: those of the graph, or those that the setting
 * {@code mappings} names.
 */
package dev.sinter.modifier.smoothing;
