/** AWQ: factors for columns of weights by which rounding them changes outputs least. */
package dev.sinter.modifier.awq;
