/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.io.Serializable;

/**
 * What flows between nodes: a tensor [tokens, channels] that one node (or the model's caller)
 * produces. Numbered in order of tracing. Token ids are one number a token, and have no dimension
 * for it.
 */
public record Value(int id, long channels) implements Serializable {}
