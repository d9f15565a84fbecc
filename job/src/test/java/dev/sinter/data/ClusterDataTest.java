/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.FileStores;
import dev.sinter.dataset.DatasetRequest;
import dev.sinter.dataset.Datasets;
import dev.sinter.dataset.Split;
import dev.sinter.testing.TestData;
import dev.sinter.testing.spark.Contexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Data read by executors that are processes of their own, with the serializer that users choose.
 */
@Tag("slow")
class ClusterDataTest {
  @TempDir private Path temp;

  private List<List<Integer>> samples(String master) throws IOException {
    Split split = Split.parse("train[10%:90%]");
    DatasetRequest request =
        new DatasetRequest(
            temp.resolve("data").toString(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(split));
    try (JavaSparkContext spark =
        new JavaSparkContext(
            Contexts.conf(master)
                .set("spark.serializer", "org.apache.spark.serializer.KryoSerializer"))) {
      CalibrationSamples samples =
          new CalibrationSamples(
              () -> spark,
              new Datasets(() -> spark, () -> null, told -> {}).open(request),
              new ContentRequest(
                  Optional.empty(), Optional.of(Preprocessings.parse("{title}\\n{body}"))),
              new TokenizerSource(FileStores.at(TestData.tinyLlamaBf16().toString())),
              new Sampling(
                  Sampling.Order.SHUFFLED, 40, Optional.of(16), 3, Sampling.Packing.BLOCKS),
              new Collation(Collation.Collator.TRUNCATION, 4, 3));
      return samples.samples().stream().map(ids -> Arrays.stream(ids).boxed().toList()).toList();
    }
  }

  @Test
  void theSamplesOfAClusterAreThoseOfOneMachine() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("data"));
    for (int file = 0; file < 3; file++) {
      int first = 100 * file;
      Files.write(
          folder.resolve(file + ".jsonl"),
          IntStream.range(first, first + 100)
              .mapToObj(i -> "{\"title\": \"" + i + "\", \"body\": \"the text of " + i + "\"}")
              .toList());
    }
    List<List<Integer>> alone = samples("local[1]");
    assertThat(alone).hasSize(40).allMatch(ids -> ids.size() == 16);
    assertThat(samples("local-cluster[2,1,1024]")).isEqualTo(alone);
  }
}
