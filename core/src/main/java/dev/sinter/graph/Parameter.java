/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import dev.sinter.tensor.Shape;
import java.io.Serializable;

/** A tensor that the graph expects in the checkpoint. */
public record Parameter(String name, Shape shape) implements Serializable {}
