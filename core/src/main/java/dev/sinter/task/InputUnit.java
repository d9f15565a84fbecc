/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.graph.Value;
import java.io.Serializable;

/** Modules of a subgraph that read one value, and so share its statistics. */
public record InputUnit(Value input, long channels, WorkUnit work) implements Serializable {}
