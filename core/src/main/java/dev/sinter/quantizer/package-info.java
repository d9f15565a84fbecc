/**
 * ModelOpt's view of a model: quantizers by name on weights, inputs, outputs and caches, and
 * ordered rules that set them. Rules are resolved quantizer by quantizer, as ModelOpt does, and
 * then stated as the schemes that the rest of Sinter speaks; a representation that no format holds
 * is said.
 */
package dev.sinter.quantizer;
