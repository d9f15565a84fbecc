/**
 * JSON as files hold it: values that keep the spelling of their numbers, a strict bounded parser,
 * and a writer in the layout that Hugging Face's own tools write (sorted keys, two spaces). No
 * reflection, no annotations.
 */
package dev.sinter.json;
