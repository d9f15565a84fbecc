/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.graph.Value;
import java.io.Serializable;

/** What is solved of one value of a subgraph, and so shares its statistics. */
public record InputUnit(Value input, long channels, WorkUnit work) implements Serializable {}
