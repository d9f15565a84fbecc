/**
 * Rounding to the nearest code, without data: the modifier that every quantizing method starts
 * from.
 */
package dev.sinter.modifier.quantization;
