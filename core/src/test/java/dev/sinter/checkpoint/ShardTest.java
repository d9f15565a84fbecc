/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.json.Json;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import dev.sinter.testing.TestData;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardTest {

  @Test
  void putsEverythingIntoOneFileIfItFits() {
    List<Shard> shards = Shard.plan(List.of(bytes("a", 6), bytes("b", 4)), 10);
    assertThat(shards).extracting(Shard::file).containsExactly("model.safetensors");
    assertThat(names(shards)).containsExactly(List.of("a", "b"));
  }

  @Test
  void cutsBeforeTheTensorThatDoesNotFit() {
    List<Shard> shards = Shard.plan(List.of(bytes("b", 6), bytes("a", 4), bytes("c", 1)), 10);
    assertThat(names(shards)).containsExactly(List.of("a", "b"), List.of("c"));
    assertThat(shards)
        .extracting(Shard::file)
        .containsExactly("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors");
  }

  @Test
  void givesALargerTensorAShardToItself() {
    List<Shard> shards = Shard.plan(List.of(bytes("a", 1), bytes("big", 99), bytes("c", 1)), 10);
    assertThat(names(shards)).containsExactly(List.of("a"), List.of("big"), List.of("c"));
  }

  @Test
  void keepsTensorsWithoutElementsWithTheirNeighbours() {
    List<Shard> shards = Shard.plan(List.of(bytes("a", 10), bytes("e", 0), bytes("b", 1)), 10);
    assertThat(names(shards)).containsExactly(List.of("a", "e"), List.of("b"));
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
    List<Shard> shards = Shard.plan(List.of(bytes("b", 6), bytes("a", 6)), 10);
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
    assertThat(Checkpoint.indexOf(Shard.plan(List.of(bytes("a", 1)), 10))).isEmpty();
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
