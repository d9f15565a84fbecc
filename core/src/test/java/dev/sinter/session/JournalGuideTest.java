/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.WrittenFile;
import dev.sinter.json.Json;
import dev.sinter.task.SolvedUnit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** docs/journal.md tells of every member of an entry. */
class JournalGuideTest {
  private static final StepFigures STEP =
      new StepFigures(0, 3, "model.layers.2", 4096, 2, 1.5, new Effort(0.5, 1, 0.25, 0.5, 0.1, 77));

  @Test
  void everyMemberIsExplained() throws IOException {
    String guide = Files.readString(Path.of("../docs/journal.md"));
    SolvedUnit unit =
        new SolvedUnit(
            "u",
            new WrittenFile("u.safetensors", 7, "ab"),
            List.of(new SolvedUnit.ModuleFigures("m", "0a1b2c3d", Map.of())),
            List.of(),
            new SolvedUnit.Seconds(1, 0.5),
            "AVX2");

    for (Json.Obj entry : List.of(Entries.of(unit), Entries.of(STEP))) {
      assertThat(entry.members().keySet())
          .allSatisfy(name -> assertThat(guide).contains("`" + name + "`"));
    }
    for (String kind :
        List.of(
            Entries.IDENTITY,
            Entries.TOKENS,
            Entries.UNIT,
            Entries.SHARD,
            Entries.STEP,
            Entries.ACTIVATIONS)) {
      assertThat(guide).contains("**`" + kind + "`**");
    }
  }

  @Test
  void aStepIsReadAsItWasWritten() {
    assertThat(Entries.step(Entries.of(STEP))).isEqualTo(STEP);
    assertThat(STEP.tokensPerSecond()).isEqualTo(4096 / 1.5);
    assertThat(STEP.idle()).isEqualTo(1 - 2.35 / 3);
  }
}
