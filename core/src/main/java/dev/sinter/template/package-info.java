/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Chat templates: the part of Jinja that they are written in, as Transformers runs it. Blocks and
 * lines are trimmed, values mean and print what Python's do, nothing but values can be reached, and
 * output, work and depth are bounded. A {@link dev.sinter.template.Template} is lexed, parsed to
 * records that know how to run, and rendered any number of times.
 */
package dev.sinter.template;
