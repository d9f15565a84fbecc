/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.json.Json;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import dev.sinter.testing.TestData;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardTest {

  @Test
  void putsEverythingIntoOneFileIfItFits() {
    List<Shard> shards = Shard.plan(each(bytes("a", 6), bytes("b", 4)), 10);
    assertThat(shards).extracting(Shard::file).containsExactly("model.safetensors");
    assertThat(names(shards)).containsExactly(List.of("a", "b"));
  }

  @Test
  void cutsBeforeTheTensorThatDoesNotFit() {
    List<Shard> shards = Shard.plan(each(bytes("b", 6), bytes("a", 4), bytes("c", 1)), 10);
    assertThat(names(shards)).containsExactly(List.of("a", "b"), List.of("c"));
    assertThat(shards)
        .extracting(Shard::file)
        .containsExactly("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors");
  }

  @Test
  void givesALargerTensorAShardToItself() {
    List<Shard> shards = Shard.plan(each(bytes("a", 1), bytes("big", 99), bytes("c", 1)), 10);
    assertThat(names(shards)).containsExactly(List.of("a"), List.of("big"), List.of("c"));
  }

  @Test
  void keepsTensorsWithoutElementsWithTheirNeighbours() {
    List<Shard> shards = Shard.plan(each(bytes("a", 10), bytes("e", 0), bytes("b", 1)), 10);
    assertThat(names(shards)).containsExactly(List.of("e", "a"), List.of("b"));
  }

  @Test
  void cutsBeforeTheGroupThatDoesNotFitWhole() {
    List<Shard> shards =
        Shard.plan(
            List.of(
                List.of(bytes("a", 8)),
                List.of(bytes("b.packed", 24), bytes("b.scale", 8)),
                List.of(bytes("c", 8))),
            32);
    assertThat(names(shards))
        .containsExactly(List.of("a"), List.of("b.packed", "b.scale"), List.of("c"));
  }

  @Test
  void givesALargerGroupAShardToItself() {
    List<Shard> shards =
        Shard.plan(
            List.of(
                List.of(bytes("a", 8)),
                List.of(bytes("b.packed", 24), bytes("b.scale", 16)),
                List.of(bytes("c", 8))),
            32);
    assertThat(names(shards))
        .containsExactly(List.of("a"), List.of("b.packed", "b.scale"), List.of("c"));
  }

  @Test
  void keepsTheOrderOfTheGroupsThatLieEvenly() {
    List<Shard> shards = Shard.plan(each(bytes("z", 8), bytes("y", 16), bytes("x", 8)), 100);
    assertThat(names(shards)).containsExactly(List.of("z", "y", "x"));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void groupsStayTogetherInTheirOrderAndShardsAreAsFullAsTheyCanBe(long seed) {
    Random random = new Random(seed);
    List<List<TensorSpec>> groups = new ArrayList<>();
    for (int group = 0; group < 60; group++) {
      List<TensorSpec> tensors = new ArrayList<>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        tensors.add(bytes(group + "." + i, random.nextInt(50)));
      }
      groups.add(tensors);
    }
    long max = 60L + random.nextInt(200);

    List<Shard> shards = Shard.plan(groups, max);

    int next = 0;
    for (int i = 0; i < shards.size(); i++) {
      Set<TensorSpec> left = new HashSet<>(shards.get(i).layout().tensors());
      int first = next;
      while (next < groups.size() && left.containsAll(groups.get(next))) {
        groups.get(next++).forEach(left::remove);
      }
      assertThat(left).as("of groups that are not whole").isEmpty();
      long bytes = shards.get(i).layout().tensorBytes();
      assertThat(bytes <= max || next == first + 1).isTrue();
      if (next < groups.size()) {
        long more = groups.get(next).stream().mapToLong(TensorSpec::bytes).sum();
        assertThat(bytes + more).isGreaterThan(max);
      }
    }
    assertThat(next).isEqualTo(groups.size());
  }

  @Test
  void plansOneEmptyFileForNoTensors() {
    assertThat(names(Shard.plan(List.of(), 1))).containsExactly(List.of());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1})
  void refusesAShardThatHoldsNothing(long maxBytes) {
    assertThatThrownBy(() -> Shard.plan(List.of(), maxBytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A shard of at most " + maxBytes + " bytes holds no tensor");
  }

  @Test
  void indexesTheTensorsOfSeveralShards() {
    List<Shard> shards = Shard.plan(each(bytes("b", 6), bytes("a", 6)), 10);
    Checkpoint.IndexFile index = Checkpoint.indexOf(shards).orElseThrow();
    assertThat(index.name()).isEqualTo("model.safetensors.index.json");
    assertThat(TestData.json(index.json().getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(
            Json.object(
                "metadata",
                Json.object("total_size", 12),
                "weight_map",
                Json.object("b", shards.get(0).file(), "a", shards.get(1).file())));
  }

  @Test
  void indexesNoSingleShard() {
    assertThat(Checkpoint.indexOf(Shard.plan(each(bytes("a", 1)), 10))).isEmpty();
  }

  /** Each tensor in a group of its own. */
  private static List<List<TensorSpec>> each(TensorSpec... tensors) {
    return Arrays.stream(tensors).map(List::of).toList();
  }

  private static TensorSpec bytes(String name, long size) {
    return new TensorSpec(name, DType.U8, Shape.of(size));
  }

  private static List<List<String>> names(List<Shard> shards) {
    return shards.stream()
        .map(shard -> shard.layout().tensors().stream().map(TensorSpec::name).toList())
        .toList();
  }
}
