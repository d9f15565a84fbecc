/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

/**
 * What a store says of a file. The version (an etag or a modification time) changes when the
 * content does.
 */
public record FileInfo(String name, long size, String version) {}
