/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.problem.RequestException;
import dev.sinter.session.Workspace;
import dev.sinter.task.SolveTask;
import dev.sinter.task.SolvedUnit;
import java.util.List;
import java.util.function.Consumer;

/** Takes over what engines solve: checks it, commits it, and tells. */
record Committing(Workspace workspace, ProgressListener progress) implements Consumer<SolvedUnit> {
  @Override
  public void accept(SolvedUnit unit) {
    List<String> broken =
        unit.modules().stream()
            .filter(module -> module.figures().getOrDefault(SolveTask.NON_FINITE_SCALES, 0.0) > 0)
            .map(SolvedUnit.ModuleFigures::module)
            .toList();
    if (!broken.isEmpty()) {
      throw new RequestException(
          "The weights of "
              + String.join(", ", broken)
              + " hold NaN or infinity, or values whose scale overflows their type: they cannot be quantized. Mend the checkpoint, or add the modules to ignore");
    }
    workspace.commit(unit);
    progress.solved(unit);
  }
}
