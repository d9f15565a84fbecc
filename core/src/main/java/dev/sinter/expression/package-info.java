/**
 * The expressions that stand in {@code eval(...)}: arithmetic as Python has it, over names that are
 * given; bounded, and no way to anything else.
 */
package dev.sinter.expression;
