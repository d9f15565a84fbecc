/**
 * What may be set: each setting is declared once, with its form, its default and its meaning; from
 * the declaration come the check, the reading, the message when it is wrong, and the schema for
 * editors.
 */
package dev.sinter.setting;
