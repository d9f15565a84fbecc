/**
 * Model families: each a small class that walks through its model and leaves a graph. Nothing but
 * config.json decides what is traced, and a config that says something unknown is refused, since a
 * guess would calibrate another model.
 */
package dev.sinter.architecture;
