/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Names of files as data sets on the hub have them. */
class LayoutTest {
  private static Map<String, List<String>> splits(String... names) {
    return Layout.splits(List.of(names));
  }

  @Test
  void numberedShardsNameAnySplit() {
    assertThat(
            splits(
                "data/train_sft-00000-of-00002-a1b2.parquet",
                "data/train_sft-00001-of-00002-c3d4.parquet",
                "data/test_gen-00000-of-00001.parquet",
                "extra.parquet"))
        .isEqualTo(
            Map.of(
                "train_sft",
                List.of(
                    "data/train_sft-00000-of-00002-a1b2.parquet",
                    "data/train_sft-00001-of-00002-c3d4.parquet"),
                "test_gen",
                List.of("data/test_gen-00000-of-00001.parquet")));
  }

  @Test
  void aHubsCopyNamesSplitsByFolders() {
    assertThat(splits("train_sft/0000.parquet", "train_sft/0001.parquet", "test/0000.parquet"))
        .containsOnlyKeys("train_sft", "test");
  }

  @Test
  void foldersGoBeforeFiles() {
    assertThat(splits("a/training/x-test.jsonl", "b/dev/y.jsonl", "z.jsonl"))
        .isEqualTo(
            Map.of(
                "train", List.of("a/training/x-test.jsonl"),
                "validation", List.of("b/dev/y.jsonl")));
  }

  @Test
  void wordsOfFilesAreDelimited() {
    assertThat(
            splits(
                "c4-train.00000-of-01024.json.gz", "c4-validation.00000-of-00008.json.gz",
                "testfile.json", "my_eval_2.csv"))
        .isEqualTo(
            Map.of(
                "train", List.of("c4-train.00000-of-01024.json.gz"),
                "validation", List.of("c4-validation.00000-of-00008.json.gz"),
                "test", List.of("my_eval_2.csv")));
  }

  @Test
  void filesWithoutSuchWordsAreTrain() {
    assertThat(splits("part-00000-1f2e-c000.snappy.parquet", "b.parquet"))
        .isEqualTo(Map.of("train", List.of("part-00000-1f2e-c000.snappy.parquet", "b.parquet")));
  }

  @Test
  void filesBesideTheDataAreNone() {
    assertThat(
            List.of(
                "README.md",
                "dataset_infos.json",
                "data/state.json",
                ".git/a.json",
                "_x/a.csv",
                "a.parquet.gz",
                "a.py"))
        .noneMatch(Layout::isData);
    assertThat(List.of("a.json", "day=1/a.orc", "_day=1/b.csv", "x/a.tsv.bz2", "B.PARQUET"))
        .allMatch(Layout::isData);
  }
}
