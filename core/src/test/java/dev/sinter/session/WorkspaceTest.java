/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.WrittenFile;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import dev.sinter.session.Workspace.SavedActivations;
import dev.sinter.task.SolvedUnit;
import dev.sinter.task.TokenSlice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkspaceTest {
  private static final Identity IDENTITY =
      new Identity(
          Json.object(
              "model", Json.object("location", "a", "size", 5),
              "recipe", List.of(Json.object("name", "x")),
              "data", null));

  @TempDir private Path temp;

  private FileStore store() {
    return FileStores.at(temp.toString());
  }

  private Workspace open() throws IOException {
    return Workspace.open(store(), IDENTITY, "out", "build");
  }

  @Test
  void identityDiffersFromItselfInNothing() {
    assertThat(IDENTITY.differencesFrom(IDENTITY)).isEmpty();
  }

  @Test
  void differencesAreSaidByFlagsSettingsAndFiles() {
    Json block = Json.object("name", "GPTQModifier", "settings", Json.object("block_size", 64));
    Json large = Json.object("name", "GPTQModifier", "settings", Json.object("block_size", 128));
    Json sparse = Json.object("name", "SparseGPTModifier", "settings", Json.object());
    Json size = Json.object("size", 5, "version", "1");
    Identity asked =
        new Identity(
            Json.object(
                "model", Json.object("files", Json.object("a.safetensors", size)),
                "recipe", List.of(block),
                "data", null,
                "settings", Json.object("dtype", null)));
    Identity there =
        new Identity(
            Json.object(
                "model", Json.object("files", Json.object("b.safetensors", size)),
                "recipe", List.of(large, sparse),
                "data",
                    Json.object(
                        "rows",
                        Json.object("files", Json.object("x.jsonl", size)),
                        "count",
                        5,
                        "order",
                        "SHUFFLED"),
                "settings", Json.object("dtype", "F32")));

    assertThat(asked.differencesFrom(there))
        .containsExactly(
            "the model's file a.safetensors has changed, or is another",
            "GPTQModifier.block_size: there 128, asked for 64",
            "--dtype: there fp32, asked for nothing",
            "the model's file b.safetensors has changed, or is another",
            "modifier 2 of the recipe: there SparseGPTModifier, asked for nothing",
            "the data's file x.jsonl has changed, or is another",
            "--num-calibration-samples: there 5, asked for nothing",
            "--shuffle-calibration-samples: there true, asked for nothing");
  }

  @Test
  void runThatCommittedNothingGivesWay() throws IOException {
    open();
    Workspace other = Workspace.open(store(), IDENTITY, "out", "next build");
    assertThat(other.writtenShards()).isEmpty();
  }

  @Test
  void workOfAnotherBuildOrForAnotherOutputIsRefused() throws IOException {
    open().commitShard(shard("model.safetensors"));

    assertThatThrownBy(() -> Workspace.open(store(), IDENTITY, "elsewhere", "next build"))
        .isInstanceOf(RequestException.class)
        .hasMessageEndingWith(
            "  --output-dir: there out, asked for elsewhere\n"
                + "  the build of Sinter, or the machine's instruction set: there build, asked for next build");
  }

  @Test
  void workspaceOfAnotherRunIsRefused() throws IOException {
    open().commitShard(shard("model.safetensors"));
    Identity other =
        new Identity(IDENTITY.json().with("recipe", Json.of(List.of(Json.object("name", "y")))));

    assertThatThrownBy(() -> Workspace.open(store(), other, "out", "build"))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            temp
                + " holds the unfinished work of another run; finish it, or give --clean to throw"
                + " it away. It differs in:\n  modifier 1 of the recipe: there x, asked for y");
  }

  @Test
  void whatWasCommittedIsThereWhenOpenedAgain() throws IOException {
    SolvedUnit unit =
        new SolvedUnit(
            "u",
            new WrittenFile("u.safetensors", 7, "ab"),
            List.of(new SolvedUnit.ModuleFigures("m", "0a1b2c3d", Map.of("loss", 1.5e-20))),
            List.of("m.input_scale"),
            new SolvedUnit.Seconds(0.25, 0.125),
            "AVX2");
    SolvedUnit shard = shard("model.safetensors");
    Workspace first = open();
    first.commit(unit);
    first.commitShard(shard);
    first.commit(new SavedActivations(0, 2, List.of("old")));
    first.commit(new SavedActivations(1, 4, List.of("a", "b")));

    Workspace again = open();

    assertThat(again.solvedUnits()).containsExactly(Map.entry("u", unit));
    assertThat(again.writtenShards()).containsExactly(Map.entry("model.safetensors", shard));
    assertThat(again.savedActivations()).contains(new SavedActivations(1, 4, List.of("a", "b")));
  }

  @Test
  void newWorkspaceHoldsNothing() throws IOException {
    Workspace workspace = open();

    assertThat(workspace.solvedUnits()).isEmpty();
    assertThat(workspace.writtenShards()).isEmpty();
    assertThat(workspace.savedActivations()).isEmpty();
    assertThat(workspace.tokens()).isEmpty();
  }

  @Test
  void deletedWorkspaceLeavesNothing() throws IOException {
    open().delete();

    assertThat(temp).doesNotExist();
  }

  @Test
  void tokensAreThereInTheirOrder() throws IOException {
    List<int[]> samples = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      samples.add(new int[i + 1]);
    }

    TokenFile committed = open().commitTokens(samples);
    TokenFile again = open().tokens().orElseThrow();

    assertThat(again).isEqualTo(committed);
    assertThat(lengths(again.samples())).isEqualTo(LongStream.rangeClosed(1, 12).boxed().toList());
    assertThat(again.tokens()).isEqualTo(78);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "12, 1", "12, 5", "12, 12", "12, 16", "3, 2", "7, 3"})
  void slicesCutTheSetEvenly(int samples, int count) throws IOException {
    List<int[]> all = new ArrayList<>();
    for (int i = 0; i < samples; i++) {
      all.add(new int[i + 1]);
    }
    TokenFile tokens = open().commitTokens(all);

    List<TokenSlice> slices = tokens.slices(count);

    assertThat(slices).hasSize(Math.min(count, samples));
    List<TensorEntry> joined = new ArrayList<>();
    for (int i = 0; i < slices.size(); i++) {
      assertThat(slices.get(i).index()).isEqualTo(i);
      int smallest = samples / slices.size();
      assertThat(slices.get(i).samples()).hasSizeBetween(smallest, smallest + 1);
      joined.addAll(slices.get(i).samples());
    }
    assertThat(joined).isEqualTo(tokens.samples());
    assertThat(samples % slices.size() == 0)
        .isEqualTo(slices.stream().map(slice -> slice.samples().size()).distinct().count() == 1);
  }

  private static SolvedUnit shard(String file) {
    return new SolvedUnit(
        file,
        new WrittenFile(file, 1L << 40, "cd"),
        List.of(),
        List.of(),
        new SolvedUnit.Seconds(0.5, 0.5),
        "AVX2");
  }

  private static List<Long> lengths(List<TensorEntry> samples) {
    return samples.stream().map(sample -> sample.spec().shape().elements()).toList();
  }
}
