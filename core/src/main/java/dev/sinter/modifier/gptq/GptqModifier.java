/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.gptq;

import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.SchemeGroup;
import dev.sinter.modifier.Targets;
import dev.sinter.modifier.quantization.SchemeSettings;
import java.util.List;

/** Quantizes weights by GPTQ. */
record GptqModifier(SchemeSettings shared, GptqSolver solver) implements Modifier {
  static final String NAME = "GPTQModifier";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Targets targets() {
    List<SchemeGroup> ordered =
        shared.targets().groups().stream()
            .map(group -> group.withScheme(group.scheme().withActorder(solver.order())))
            .toList();
    return new Targets(ordered, shared.targets().ignore());
  }

  @Override
  public Json.Obj settings() {
    return shared
        .json()
        .with("block_size", Json.of(solver.blockSize()))
        .with("dampening_frac", Json.of(solver.dampening()))
        .with("actorder", solver.order().json());
  }
}
