/**
 * Which steps a run takes, in order: the data-free pipeline solves units of rows; the sequential
 * pipeline calibrates one subgraph after another. Every step goes through the one engine, and what
 * was committed before is not done again.
 */
package dev.sinter.pipeline;
