/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.PendingFile;
import dev.sinter.data.CalibrationSamples;
import dev.sinter.data.Collation;
import dev.sinter.data.ContentRequest;
import dev.sinter.data.Sampling;
import dev.sinter.data.TokenizerSource;
import dev.sinter.dataset.DatasetRequest;
import dev.sinter.dataset.Datasets;
import dev.sinter.engine.SparkEngine;
import dev.sinter.pipeline.Oneshot;
import dev.sinter.pipeline.OneshotRequest;
import dev.sinter.pipeline.OneshotRequest.Settings;
import dev.sinter.pipeline.Outcome;
import dev.sinter.session.ProgressListener;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TestData;
import dev.sinter.testing.spark.Contexts;
import dev.sinter.testing.spark.SparkRuns;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Model, workspace and output in a real S3 server on loopback. */
@Tag("slow")
class S3RunTest {
  private static final String BUCKET = "models";
  private static final String ROOT = "s3a://" + BUCKET + "/";

  @TempDir private Path temp;

  private S3Proxy server;
  private JavaSparkContext spark;

  @BeforeEach
  void start() throws Exception {
    Properties properties = new Properties();
    properties.setProperty(
        "jclouds.filesystem.basedir", Files.createDirectory(temp.resolve("s3")).toString());
    BlobStore blobs = BlobStores.create("filesystem-nio2", properties);
    blobs.createContainer(BUCKET);
    server =
        S3Proxy.builder()
            .blobStore(blobs)
            .awsAuthentication(AuthenticationType.AWS_V4, "key", "secret")
            .endpoint(URI.create("http://127.0.0.1:0"))
            .build();
    server.start();
    SparkConf conf =
        Contexts.conf("local[2]")
            .set("spark.hadoop.fs.s3a.endpoint", "http://127.0.0.1:" + server.getPort())
            .set("spark.hadoop.fs.s3a.endpoint.region", "us-east-1")
            .set("spark.hadoop.fs.s3a.path.style.access", "true")
            .set("spark.hadoop.fs.s3a.access.key", "key")
            .set("spark.hadoop.fs.s3a.secret.key", "secret");
    spark = new JavaSparkContext(conf);
  }

  @AfterEach
  void stop() throws Exception {
    spark.stop();
    org.apache.hadoop.fs.FileSystem.closeAll();
    server.stop();
  }

  @Test
  void givesTheBytesOfALocalRun() throws IOException {
    FileStore model = FileStores.at(ROOT + "tiny-llama");
    FileStore local = FileStores.at(TestData.tinyLlamaBf16().toString());
    for (var file : local.list()) {
      FileStores.write(model, file.name(), FileStores.read(local, file.name()));
    }
    String expected = Runs.run(SparkRuns.gptq(temp.resolve("local"))).contentDigest();
    OneshotRequest request =
        new OneshotRequest(
            ROOT + "tiny-llama",
            ROOT + "out",
            ROOT + "work",
            Runs.recipe("GPTQModifier", "scheme: W4A16"),
            Optional.of(TestData.calibration()),
            Settings.DEFAULT);
    Outcome outcome = Oneshot.run(request, () -> new SparkEngine(spark), ProgressListener.none());
    assertThat(outcome.contentDigest()).isEqualTo(expected);
    assertThat(FileStores.at(ROOT + "work/journal").list()).as("journal after the run").isEmpty();
    assertThat(Oneshot.run(request, () -> new SparkEngine(spark), ProgressListener.none()).kind())
        .isEqualTo(Outcome.Kind.NOTHING_TO_DO);
  }

  @Test
  void calibratesWithTablesAndLinesOfABucket() throws IOException {
    SparkSession session = SparkSession.builder().config(spark.getConf()).getOrCreate();
    List<String> rows =
        IntStream.range(0, 20).mapToObj(i -> "{\"input_ids\":[" + i + ",1]}").toList();
    session
        .read()
        .json(session.createDataset(rows, Encoders.STRING()))
        .repartition(3)
        .write()
        .parquet(ROOT + "parquet");
    FileStores.write(FileStores.at(ROOT + "lines"), "a.jsonl", String.join("\n", rows));
    List<List<Integer>> drawn = samples(ROOT + "parquet");
    assertThat(drawn).hasSize(7).allMatch(ids -> ids.size() == 2);
    assertThat(samples(ROOT + "lines/a.jsonl")).isEqualTo(drawn);
    assertThat(samples(ROOT + "lines/*.jsonl")).isEqualTo(drawn);
    assertThatThrownBy(() -> samples(ROOT + "nothing.jsonl"))
        .hasMessage("--dataset s3a://models/nothing.jsonl: there is no such file or folder");
  }

  private List<List<Integer>> samples(String dataset) throws IOException {
    CalibrationSamples samples =
        new CalibrationSamples(
            () -> spark,
            new Datasets(() -> spark, () -> null, told -> {}).open(DatasetRequest.of(dataset)),
            new ContentRequest(Optional.empty(), Optional.empty()),
            new TokenizerSource(FileStores.at(ROOT + "no-tokenizer")),
            new Sampling(Sampling.Order.SHUFFLED, 7, Optional.empty(), 3, Sampling.Packing.ROWS),
            new Collation(Collation.Collator.NONE, 8, 16));
    return samples.samples().stream().map(ids -> Arrays.stream(ids).boxed().toList()).toList();
  }

  @Test
  void readsRangesAndShowsNothingBeforeTheCommit() throws IOException {
    FileStore store = FileStores.at(ROOT + "folder");
    try (PendingFile file = store.create("a.bin")) {
      file.write(
          ByteBuffer.wrap("0123456789".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
      assertThat(store.info("a.bin")).isEmpty();
      file.commit();
    }
    try (PendingFile aborted = store.create("b.bin")) {
      aborted.write(ByteBuffer.allocate(10));
    }
    assertThat(store.list())
        .extracting(info -> info.name() + " " + info.size())
        .containsExactly("a.bin 10");
    try (var reader = store.open("a.bin")) {
      ByteBuffer middle = ByteBuffer.allocate(3);
      reader.readFully(4, middle);
      assertThat(new String(middle.array(), java.nio.charset.StandardCharsets.US_ASCII))
          .isEqualTo("456");
      assertThatThrownBy(() -> reader.readFully(8, ByteBuffer.allocate(3)))
          .isInstanceOf(EOFException.class)
          .hasMessageContaining("End of file");
    }
    store.deleteAll();
    assertThat(store.list()).isEmpty();
  }

  @Test
  void refusesNamesThatLeadOut() {
    FileStore store = FileStores.at(ROOT + "folder");
    assertThatThrownBy(() -> store.info("../other"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Not the name of a file inside a folder: \"../other\"");
    assertThatThrownBy(() -> store.info("s3a://elsewhere/x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Not the name of a file inside a folder");
  }
}
