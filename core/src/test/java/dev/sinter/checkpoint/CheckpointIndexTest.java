/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointIndexTest {
  private static final String INDEX = "model.safetensors.index.json";

  @TempDir private Path temp;
  private CheckpointFolder folder;

  @BeforeEach
  void makeTwoShards() {
    folder =
        new CheckpointFolder(temp.resolve("model"))
            .config()
            .shard("1.safetensors", "a")
            .shard("2.safetensors", "b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../x.safetensors",
        "/abs.safetensors",
        "a/b.safetensors",
        "a\\\\b.safetensors",
        "s3://bucket/x.safetensors",
        "file:x.safetensors",
        "..safetensors",
        ".safetensors",
        ".hidden.safetensors",
        "-x.safetensors",
        "%2e%2e%2fx.safetensors",
        "x.bin",
        "x.SAFETENSORS",
        "x.safetensors ",
        ""
      })
  void refusesAShardThatIsNoPlainFileName(String shard) {
    new CheckpointFolder(temp).shard("x.safetensors", "a");
    folder.index("a", shard).assertRefused(noShard("a", "\"" + shard + "\""));
  }

  @ParameterizedTest
  @CsvSource({"\\u0000, \\u0000", "\\n, \\n", "\\u00e9, \u00e9"})
  void refusesAShardWithOtherCharacters(String spelled, String shown) {
    folder
        .index("a", "x" + spelled + ".safetensors")
        .assertRefused(noShard("a", "\"x" + shown + ".safetensors\""));
  }

  @Test
  void refusesAShardOfAnEndlessName() {
    String name = "n".repeat(250) + ".safetensors";
    folder.index("a", name).assertRefused(noShard("a", "\"" + name + "\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "null", "{}", "[\"1.safetensors\"]"})
  void refusesAShardThatIsNoName(String shard) {
    folder.file(INDEX, "{\"weight_map\":{\"a\":" + shard + "}}").assertRefused(noShard("a", shard));
  }

  @Test
  void saysAllNamesAtOnce() {
    folder
        .index("a", "x.bin", "b", "2.safetensors", "c", "/c.safetensors")
        .assertRefused(noShard("a", "\"x.bin\""), noShard("c", "\"/c.safetensors\""));
  }

  @Test
  void refusesTensorsThatAreMissingFromTheirShard() {
    folder
        .index(
            "a", "1.safetensors", "b", "2.safetensors", "c", "1.safetensors", "d", "2.safetensors")
        .assertRefused(
            "The index says that 1.safetensors holds the tensor c; it does not",
            "The index says that 2.safetensors holds the tensor d; it does not");
  }

  @Test
  void refusesATensorThatTheIndexDoesNotName() {
    folder
        .shard("2.safetensors", "b", "stray")
        .index("a", "1.safetensors", "b", "2.safetensors")
        .assertRefused("2.safetensors holds the tensor stray, but the index does not name it");
  }

  @Test
  void refusesATensorInAnotherShard() {
    folder
        .index("a", "2.safetensors", "b", "1.safetensors")
        .assertRefused(
            "1.safetensors holds the tensor a, but the index says 2.safetensors",
            "2.safetensors holds the tensor b, but the index says 1.safetensors");
  }

  @Test
  void refusesATensorInTwoShards() {
    folder
        .shard("2.safetensors", "b", "a")
        .index("a", "1.safetensors", "b", "2.safetensors")
        .assertRefused("2.safetensors holds the tensor a, but the index says 1.safetensors");
  }

  @Test
  void saysAllMissingShardsAtOnce() {
    folder
        .index(
            "a", "1.safetensors", "c", "3.safetensors", "d", "4.safetensors", "e", "4.safetensors")
        .assertRefused(
            "%s lacks the shard 3.safetensors that its index names",
            "%s lacks the shard 4.safetensors that its index names");
  }

  @Test
  void saysMissingShardsAndMissingTensorsTogether() {
    folder
        .index("a", "1.safetensors", "c", "1.safetensors", "d", "4.safetensors")
        .assertRefused(
            "%s lacks the shard 4.safetensors that its index names",
            "The index says that 1.safetensors holds the tensor c; it does not");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {                                    | : Unexpected end-of-input: expected close marker for Object (line 1)
          []                                   | : The JSON value is not an object
          {}                                   |  has no "weight_map"
          {"weight_map":null}                  |  has no "weight_map"
          {"weight_map":["1.safetensors"]}     | : "weight_map" is not a map from tensors to shards
          {"weight_map":{"a":"1","a":"2"}}     | : The name "a" stands twice (line 1, column 24)
          """)
  void refusesAnIndexThatIsNone(String index, String message) {
    String separator = message.startsWith(":") ? "" : " ";
    folder.file(INDEX, index).assertRefused(INDEX + separator + message);
  }

  @Test
  void refusesAnIndexBeyondAllMeasure() throws IOException {
    folder.index();
    try (RandomAccessFile file =
        new RandomAccessFile(folder.path().resolve(INDEX).toFile(), "rw")) {
      file.setLength((256L << 20) + 1);
    }
    folder.assertRefused(INDEX + " has 268435457 bytes; at most 268435456 are read");
  }

  @Test
  void acceptsAnIndexWithoutMetadata() throws IOException {
    folder.file(INDEX, "{\"weight_map\":{\"a\":\"1.safetensors\"}}");
    assertThat(folder.open().tensors().keySet()).containsExactly("a");
  }

  private static String noShard(String tensor, String shard) {
    return INDEX
        + ": tensor "
        + tensor
        + " is said to lie in "
        + shard
        + "; a shard is a file beside the index whose name ends in .safetensors";
  }
}
