/**
 * How Sinter says that something is wrong. A problem names where it was found, what was asked, what
 * was found and what to do; problems are collected, so that a person sees all of them at once. The
 * exception's type decides the exit code.
 */
package dev.sinter.problem;
