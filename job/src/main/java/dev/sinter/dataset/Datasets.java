/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.hub.Hub;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.Problems;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Finds what {@code --dataset} names. In this order: a query; a location with a scheme; a file or
 * folder of this machine; a set that is known by name; a repository of a hub; a table.
 */
public final class Datasets {
  private static final String HUB = "hf://";

  /** What the reference calls data that --dataset-path names. */
  private static final Set<String> CUSTOM = Set.of("custom");

  private final Supplier<JavaSparkContext> spark;
  private final Supplier<Hub> hub;
  private final Consumer<String> told;

  /**
   * A search.
   *
   * @param told hears what a person should know of what was found
   */
  public Datasets(Supplier<JavaSparkContext> spark, Supplier<Hub> hub, Consumer<String> told) {
    this.spark = spark;
    this.hub = hub;
    this.told = told;
  }

  /** Whether what names a data set is a query. */
  public static boolean isQuery(String dataset) {
    return SqlText.isQuery(dataset);
  }

  /** The rows of a data set; what is not there is a problem that says where was looked. */
  public OpenDataset open(DatasetRequest request) throws IOException {
    String dataset = request.dataset();
    if (request.path().isPresent()) {
      return atPath(request);
    }
    if (isQuery(dataset)) {
      return query(request, QueryRows.Kind.QUERY);
    }
    if (dataset.startsWith(HUB)) {
      return new OpenDataset(hubRows(request).at(HubPath.parse(dataset)), Optional.empty());
    }
    Optional<DataFiles> files = DataFiles.at(dataset);
    if (files.isPresent()) {
      return new OpenDataset(
          new LocatedFiles(spark, request, files.get(), told).rows(Optional.empty()),
          Optional.empty());
    }
    if (DataFiles.hasScheme(dataset)) {
      throw new RequestException(request.name() + ": there is no such file or folder");
    }
    Optional<KnownSet> known = KnownSets.find(dataset);
    if (known.isPresent()) {
      return new OpenDataset(hubRows(request).known(known.get()), known);
    }
    return elsewhere(request);
  }

  private HubRows hubRows(DatasetRequest request) {
    return new HubRows(spark, hub.get(), request, told);
  }

  /** Data at a place of its own: {@code dataset} says its format, or the set that it is. */
  private OpenDataset atPath(DatasetRequest request) throws IOException {
    Optional<DataFormat> format = DataFormat.named(request.dataset());
    boolean said = format.isPresent() || CUSTOM.contains(request.dataset());
    Optional<KnownSet> known = said ? Optional.empty() : KnownSets.find(request.dataset());
    if (!said && known.isEmpty()) {
      List<String> names = new ArrayList<>(KnownSets.names());
      names.addAll(DataFormat.names());
      names.addAll(CUSTOM);
      throw new RequestException(
          "With --dataset-path, --dataset says what lies there: one of "
              + names
              + ", not "
              + request.dataset());
    }
    DataFiles files =
        DataFiles.at(request.path().get())
            .orElseThrow(
                () -> new RequestException(request.name() + ": there is no such file or folder"));
    return new OpenDataset(new LocatedFiles(spark, request, files, told).rows(format), known);
  }

  private OpenDataset elsewhere(DatasetRequest request) throws IOException {
    String dataset = request.dataset();
    if (DataFormat.of(dataset).isPresent()) {
      throw new RequestException(request.name() + ": there is no such file");
    }
    if (dataset.contains("/")) {
      return hubRows(request).named();
    }
    if (SqlText.isTableName(dataset)
        && SparkSessions.of(spark.get()).catalog().tableExists(dataset)) {
      return query(request, QueryRows.Kind.TABLE);
    }
    throw new RequestException(
        request.name()
            + " is no file or folder in "
            + java.nio.file.Path.of("").toAbsolutePath()
            + ", no table that Spark knows, and none of the sets that have a name: "
            + KnownSets.names()
            + "."
            + Nearest.hint(dataset, KnownSets.names())
            + " A hub's data sets are org/name");
  }

  private OpenDataset query(DatasetRequest request, QueryRows.Kind kind) {
    Problems problems = new Problems();
    String what = kind == QueryRows.Kind.TABLE ? "a table" : "a query";
    request
        .split()
        .ifPresent(
            split -> problems.add("--splits: " + what + " has no splits; write WHERE or LIMIT"));
    request
        .config()
        .ifPresent(config -> problems.add("--dataset-config-name: " + what + " has none"));
    request
        .revision()
        .ifPresent(revision -> problems.add("--dataset-revision: " + what + " has none"));
    problems.throwIfAny();
    return new OpenDataset(
        new QueryRows(spark, request.name(), kind, request.dataset()), Optional.empty());
  }
}
