/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;

/** Finds what {@code --dataset} names. */
public final class Datasets {
  private final Supplier<JavaSparkContext> spark;

  public Datasets(Supplier<JavaSparkContext> spark) {
    this.spark = spark;
  }

  /** The rows of a data set; what is not there is a problem that says where was looked. */
  public RowSource open(DatasetRequest request) throws IOException {
    String name = "--dataset " + request.dataset();
    Optional<DataFiles> files = DataFiles.at(request.dataset());
    if (files.isEmpty()) {
      throw new RequestException(name + ": there is no such file or folder");
    }
    return rows(name, files.get());
  }

  private RowSource rows(String name, DataFiles found) {
    Map<DataFormat, Integer> formats = new EnumMap<>(DataFormat.class);
    found
        .files()
        .forEach(
            file ->
                DataFormat.of(file.name())
                    .ifPresent(format -> formats.merge(format, 1, Integer::sum)));
    if (formats.size() != 1) {
      throw new RequestException(
          formats.isEmpty()
              ? name + " has none of the formats that are read: " + DataFormat.known()
              : name + " holds files of several formats: " + formats + ". Name those of one");
    }
    DataFormat format = formats.keySet().iterator().next();
    List<DataFile> files =
        found.files().stream()
            .filter(file -> DataFormat.of(file.name()).equals(Optional.of(format)))
            .toList();
    return new FileRows(spark, name, format, files, Json.object("dataset", found.root()));
  }
}
