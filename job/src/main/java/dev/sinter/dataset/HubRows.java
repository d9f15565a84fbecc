/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import dev.sinter.hub.Hub;
import dev.sinter.hub.HubException;
import dev.sinter.hub.Listing;
import dev.sinter.hub.RepositoryId;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Rows of a hub's data sets, whose files are fetched: those of one configuration and split alone.
 */
record HubRows(
    Supplier<JavaSparkContext> spark, Hub hub, DatasetRequest request, Consumer<String> told) {
  private static final String MAIN = "main";
  private static final String CARD = "README.md";

  /** A set that has a name of its own. */
  RowSource known(KnownSet set) throws IOException {
    Optional<String> config = request.config().or(set::config);
    Optional<String> split =
        request.split().map(Split::name).map(name -> set.splits().getOrDefault(name, name));
    String standard = set.splits().getOrDefault(Layout.TRAIN, Layout.TRAIN);
    Listing listing = list(set.repository(), request.revision());
    told.accept(
        request.name()
            + " is "
            + listing
            + config.map(name -> ", configuration " + name).orElse(""));
    return fetched(listing, choose(listing, config, split, standard));
  }

  /** A repository by its name. */
  OpenDataset named() throws IOException {
    String notHere =
        request.name() + " is no file or folder in " + Path.of("").toAbsolutePath() + ". ";
    if (RepositoryId.of(RepositoryId.Kind.DATASET, request.dataset()).isEmpty()) {
      throw new RequestException(notHere + "Nor has it the form of a hub's data set: org/name");
    }
    try {
      RowSource rows = at(new HubPath(request.dataset(), Optional.empty(), Optional.empty()));
      return new OpenDataset(rows, Optional.empty());
    } catch (RequestException e) {
      List<String> problems = new ArrayList<>(List.of(notHere));
      problems.addAll(e.problems());
      throw new RequestException(problems);
    } catch (HubException e) {
      throw new IOException(notHere + e.getMessage(), e);
    }
  }

  /** A repository, or files of it that match a pattern. */
  RowSource at(HubPath path) throws IOException {
    if (path.pattern().isPresent()) {
      request.requireWholeFiles();
    }
    Listing listing = list(path.repository(), revision(path));
    if (path.pattern().isEmpty()) {
      return fetched(
          listing,
          choose(listing, request.config(), request.split().map(Split::name), Layout.TRAIN));
    }
    List<String> files = Card.matching(listing.files(), path.pattern().get());
    if (files.isEmpty()) {
      throw new RequestException(
          request.name() + ": " + listing + " has no file " + path.pattern().get());
    }
    return fetched(listing, files.stream().sorted().toList());
  }

  private Optional<String> revision(HubPath path) {
    Optional<String> asked = request.revision();
    if (path.revision().isPresent() && asked.isPresent() && !asked.equals(path.revision())) {
      throw new RequestException(
          request.name()
              + " names a revision itself, and --dataset-revision "
              + asked.get()
              + " another; give one");
    }
    return path.revision().or(request::revision);
  }

  private Listing list(String repository, Optional<String> revision) throws IOException {
    RepositoryId id =
        RepositoryId.of(RepositoryId.Kind.DATASET, repository)
            .orElseThrow(
                () -> new RequestException(request.name() + ": " + repository + " is no org/name"));
    return hub.list(id, revision.orElse(MAIN));
  }

  private List<String> choose(
      Listing listing, Optional<String> config, Optional<String> split, String standard)
      throws IOException {
    List<Card.Config> configs =
        listing.files().contains(CARD)
            ? Card.configs(CARD, new String(hub.read(listing, CARD), StandardCharsets.UTF_8), told)
            : List.of();
    return new SplitFiles(request.name(), listing.files(), configs, told)
        .choose(config, split, standard);
  }

  private RowSource fetched(Listing listing, List<String> names) throws IOException {
    if (names.size() > 1) {
      told.accept(
          request.name()
              + " takes all "
              + names.size()
              + " files of its split, and fetches those that the cache lacks. To take fewer, name them: hf://datasets/"
              + listing.repository().name()
              + "@"
              + listing.revision().replace("/", "%2F")
              + "/"
              + names.get(0));
    }
    Path folder = hub.fetch(listing, Set.copyOf(names)::contains);
    List<DataFile> files = new ArrayList<>();
    for (String name : names) {
      Path file = folder.resolve(name);
      String path = new org.apache.hadoop.fs.Path("file", null, file.toString()).toString();
      files.add(new DataFile(path, name, Files.size(file), listing.commit()));
    }
    Json.Obj known = Json.object("repository", listing.repository().name());
    return FileSet.rows(spark, request, Optional.empty(), files, known);
  }
}
