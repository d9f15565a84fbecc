/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import java.io.Serializable;

/** A committed file: its size and the hash of its bytes. */
public record WrittenFile(String name, long size, String sha256) implements Serializable {}
