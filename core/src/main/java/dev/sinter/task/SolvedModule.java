/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import dev.sinter.plan.ModulePlan;
import java.io.Serializable;

/** A module whose codes lie whole in a file of the workspace. */
public record SolvedModule(ModulePlan plan, String file) implements Serializable {}
