/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import java.io.Serializable;

/**
 * What flows between nodes: a tensor that one node (or the model's caller) produces. Numbered in
 * order of tracing.
 */
public record Value(int id) implements Serializable {}
