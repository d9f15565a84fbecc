/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.checkpoint.FileLocation;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The rows of files that lie somewhere: those of the configuration and split that are asked for.
 */
record LocatedFiles(
    Supplier<JavaSparkContext> spark,
    DatasetRequest request,
    DataFiles found,
    Consumer<String> told) {
  private static final String CARD = "README.md";

  /** The rows; of a format that is said, or of the one that names tell. */
  RowSource rows(Optional<DataFormat> format) throws IOException {
    request
        .revision()
        .ifPresent(
            revision -> {
              throw new RequestException(
                  "--dataset-revision "
                      + revision
                      + ": "
                      + request.name()
                      + " is no data set of a hub, and has no revisions");
            });
    List<String> chosen =
        found.kind() == DataFiles.Kind.FOLDER && format.isEmpty() ? ofFolder() : all(format);
    Map<String, DataFile> byName = new HashMap<>();
    found.files().forEach(file -> byName.put(file.name(), file));
    List<DataFile> files = chosen.stream().map(byName::get).toList();
    return FileSet.rows(spark, request, format, files, Json.object());
  }

  private List<String> ofFolder() throws IOException {
    List<String> names = found.files().stream().map(DataFile::name).toList();
    List<Card.Config> configs = names.contains(CARD) ? Card.configs(CARD, card(), told) : List.of();
    return new SplitFiles(request.name(), names, configs, told)
        .choose(request.config(), request.split().map(Split::name), Layout.TRAIN);
  }

  private String card() throws IOException {
    FileLocation file = FileLocation.of(found.root() + "/" + CARD);
    return new String(FileStores.read(file.folder(), file.name()), StandardCharsets.UTF_8);
  }

  /** Files that were named are one split, whatever their names. */
  private List<String> all(Optional<DataFormat> format) {
    request.requireWholeFiles();
    List<String> names = found.files().stream().map(DataFile::name).toList();
    List<String> ofFormat =
        names.stream()
            .filter(name -> format.isEmpty() || DataFormat.of(name).equals(format))
            .filter(name -> found.kind() == DataFiles.Kind.FILE || Layout.isData(name))
            .toList();
    return ofFormat.isEmpty() ? names : ofFormat;
  }
}
