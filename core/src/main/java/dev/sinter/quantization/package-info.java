/**
 * How numbers are represented in few bits: the settings ({@link
 * dev.sinter.quantization.QuantizationArgs}), the presets by name, the arithmetic of scales, zero
 * points and rounding, the packing of bits, and the formats in which compressed-tensors stores
 * them. The arithmetic follows compressed-tensors to the bit, in the dtype of the weight.
 */
package dev.sinter.quantization;
