/**
 * Models and datasets of a hub: a repository's name becomes a local folder, from the cache that
 * huggingface_hub keeps, or over HTTP into that cache. Nothing here knows what the files mean, but
 * for which of them a checkpoint needs.
 */
package dev.sinter.hub;
