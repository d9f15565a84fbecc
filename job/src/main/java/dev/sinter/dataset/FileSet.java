/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.spark.api.java.JavaSparkContext;

/** Rows of the files that were chosen, wherever they came from. */
final class FileSet {
  private static final Pattern PATTERN = Pattern.compile("[,*?{}\\[\\]\\\\]");

  private FileSet() {}

  /** The rows, or the slice of them that is asked for; files must be of one format. */
  static RowSource rows(
      Supplier<JavaSparkContext> spark,
      DatasetRequest request,
      Optional<DataFormat> said,
      List<DataFile> files,
      Json.Obj known) {
    requireVisible(request, files);
    DataFormat format = said.orElseGet(() -> format(request, files));
    if (format == DataFormat.CSV || format == DataFormat.TSV) {
      requirePlain(request, files);
    }
    RowSource all = new FileRows(spark, request.name(), format, files, known);
    return request
        .split()
        .flatMap(Split::range)
        .<RowSource>map(range -> new SlicedRows(all, range))
        .orElse(all);
  }

  private static void requireVisible(DatasetRequest request, List<DataFile> files) {
    for (DataFile file : files) {
      if (DataFiles.isHidden(file.name())) {
        throw new RequestException(
            request.name()
                + ": Spark passes over names that begin with a dot or an underscore; rename "
                + file.path());
      }
    }
  }

  /** Spark takes the names of these files for patterns, whatever stands before their characters. */
  private static void requirePlain(DatasetRequest request, List<DataFile> files) {
    for (DataFile file : files) {
      if (PATTERN.matcher(file.path()).find()) {
        throw new RequestException(
            request.name()
                + ": Spark cannot read CSV from a path with any of , * ? { } [ ] \\; rename "
                + file.path());
      }
    }
  }

  private static DataFormat format(DatasetRequest request, List<DataFile> files) {
    Map<DataFormat, Integer> formats = new LinkedHashMap<>();
    for (DataFile file : files) {
      DataFormat format =
          DataFormat.of(file.name())
              .orElseThrow(
                  () ->
                      new RequestException(
                          request.name()
                              + ": "
                              + file.name()
                              + " has none of the suffixes that are read: "
                              + DataFormat.known()
                              + ". With --dataset-path, --dataset says the format"));
      formats.merge(format, 1, Integer::sum);
    }
    if (formats.size() > 1) {
      throw new RequestException(
          request.name()
              + " holds files of several formats: "
              + formats
              + ". Name those of one by a pattern, such as *.parquet");
    }
    return formats.keySet().iterator().next();
  }
}
