/**
 * Tensors over Bytedeco PyTorch: the element types of safetensors, shapes with checked arithmetic,
 * the loading of the native libraries, and the scopes in which native memory lives.
 */
package dev.sinter.tensor;
