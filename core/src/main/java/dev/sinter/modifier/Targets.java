/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.graph.ModuleInfo;
import java.util.List;

/** Which modules of a model a method touches, and how each will be represented. */
@FunctionalInterface
public interface Targets {
  Resolution resolve(List<ModuleInfo> modules);
}
