/**
 * Running a model: its parameters and what is wrong with them, the pass through its subgraphs, and
 * what is measured of its logits.
 */
package dev.sinter.forward;
