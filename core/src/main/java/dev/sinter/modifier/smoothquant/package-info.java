/** SmoothQuant: outliers of activations moved into the weights that read them. */
package dev.sinter.modifier.smoothquant;
