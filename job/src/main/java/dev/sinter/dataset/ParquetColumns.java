/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.dataset.Glimpse.Kind;
import dev.sinter.problem.RequestException;
import dev.sinter.store.HadoopConfiguration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
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

  /** The columns of the first file, and of its folders; none of the files may be without rows. */
  static Glimpse glimpse(String name, List<DataFile> files) throws IOException {
    for (DataFile file : files) {
      try (ParquetFileReader reader = open(file.path())) {
        if (reader.getRecordCount() > 0) {
          Map<String, Kind> columns = new LinkedHashMap<>();
          reader
              .getFileMetaData()
              .getSchema()
              .getFields()
              .forEach(column -> columns.put(column.getName(), kind(column)));
          file.folderColumns().forEach(column -> columns.put(column, Kind.OTHER));
          return new Glimpse(columns);
        }
      } catch (RuntimeException e) {
        throw new RequestException(
            name + ": cannot read " + file.path() + ": " + e.getMessage(), e);
      }
    }
    throw new RequestException(name + " holds no rows");
  }

  private static Kind kind(Type column) {
    if (column.isPrimitive()) {
      boolean text = column.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY;
      return text ? Kind.TEXT : Kind.OTHER;
    }
    // A list is a group of a repeated group of its elements.
    Type repeated = column.asGroupType().getType(0);
    boolean list = column.getLogicalTypeAnnotation() instanceof ListLogicalTypeAnnotation;
    return list && !repeated.isPrimitive() && !repeated.asGroupType().getType(0).isPrimitive()
        ? Kind.OBJECTS
        : Kind.OTHER;
  }

  private static ParquetFileReader open(String path) throws IOException {
    return ParquetFileReader.open(
        HadoopInputFile.fromPath(new Path(path), HadoopConfiguration.current()));
  }

  /** What is wrong with a file; empty if all is well. */
  private static String lacking(String path, List<String> required) throws IOException {
    try (ParquetFileReader reader = open(path)) {
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
