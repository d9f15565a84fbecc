/**
 * A model as a data-flow graph: nodes in order, the values between them, and the modules (with
 * Transformers' names and classes) that own the parameters. An architecture traces a graph;
 * everything else, such as which modules share an input or where the model can be cut, is found
 * from the graph alone.
 */
package dev.sinter.graph;
