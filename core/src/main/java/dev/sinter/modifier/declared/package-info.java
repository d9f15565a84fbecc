/**
 * Methods of the peers that recipes name and that this version does not run: their settings are
 * checked and planned like those of any other, so that a recipe is right before its method is
 * there.
 */
package dev.sinter.modifier.declared;
