/**
 * What tests share: an engine on one thread, the bundled models and golden data, and the check for
 * native leaks.
 */
package dev.sinter.testing;
