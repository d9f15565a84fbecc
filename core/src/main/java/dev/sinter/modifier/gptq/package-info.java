/**
 * GPTQ (Frantar et al., arXiv 2210.17323): columns are rounded one after another, and what rounding
 * a column loses is made up by the columns still to come, weighed by the inverse of the input's
 * Gram matrix.
 */
package dev.sinter.modifier.gptq;
