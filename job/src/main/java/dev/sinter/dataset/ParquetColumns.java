/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.problem.RequestException;
import dev.sinter.store.HadoopConfiguration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.Type;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * Looks into the footers of Parquet files: Spark takes the columns of one for those of all, and
 * reads what another lacks as null.
 */
final class ParquetColumns {
  private static final int FILES_OF_A_TASK = 8;

  private ParquetColumns() {}

  /** Every file must have the columns. */
  static void require(
      JavaSparkContext spark, String name, List<DataFile> files, List<String> columns) {
    if (files.size() == 1 || columns.isEmpty()) {
      return;
    }
    List<String> paths = files.stream().map(DataFile::path).toList();
    List<String> required = new ArrayList<>(columns);
    int tasks = (paths.size() + FILES_OF_A_TASK - 1) / FILES_OF_A_TASK;
    Optional<Tuple2<String, String>> lacking =
        Reading.of(
                name,
                () ->
                    spark
                        .parallelize(paths, tasks)
                        .map(path -> new Tuple2<>(path, lacking(path, required)))
                        .filter(file -> !file._2().isEmpty())
                        .take(1))
            .stream()
            .findFirst();
    lacking.ifPresent(
        file -> {
          throw new RequestException(name + ": " + file._1() + " " + file._2());
        });
  }

  /** What is wrong with a file; empty if all is well. */
  private static String lacking(String path, List<String> required) throws IOException {
    HadoopInputFile file = HadoopInputFile.fromPath(new Path(path), HadoopConfiguration.current());
    try (ParquetFileReader reader = ParquetFileReader.open(file)) {
      List<String> names =
          reader.getFileMetaData().getSchema().getFields().stream().map(Type::getName).toList();
      return required.stream()
          .filter(column -> !names.contains(column))
          .findFirst()
          .map(column -> "has no column " + column + ", as other files do; it has " + names)
          .orElse("");
    }
  }
}
