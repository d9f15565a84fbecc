/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.SafetensorsHeader;
import dev.sinter.checkpoint.SafetensorsLayout;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.checkpoint.WrittenFile;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import dev.sinter.task.RunContext;
import dev.sinter.task.SolvedUnit;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import dev.sinter.weight.Factors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The directory of a run in progress, and its journal read as what it means. Deleted when the
 * result is published.
 */
public final class Workspace {
  private static final String JOURNAL = "journal";
  private static final String TOKENS_FILE = "tokens.safetensors";

  private final FileStore store;
  private final Journal journal;

  private Workspace(FileStore store, Journal journal) {
    this.store = store;
    this.journal = journal;
  }

  /** Whether a run has left work in that folder. */
  public static boolean isStarted(FileStore store) throws IOException {
    return !store.folder(JOURNAL).list().isEmpty();
  }

  /**
   * Opens the workspace of a run: a new one, or one that the same run left unfinished. Another
   * run's is refused, and so is one for another output, or of another build: their bytes would mix.
   */
  public static Workspace open(FileStore store, Identity identity, String output, String build)
      throws IOException {
    Journal journal = Journal.open(store.folder(JOURNAL));
    if (journal.size() == 1) {
      // A run that committed nothing but its name has left nothing to mix with.
      store.deleteAll();
      journal = Journal.open(store.folder(JOURNAL));
    }
    Json.Obj asked =
        Json.object(Entries.IDENTITY, identity.json(), "output", output, "build", build);
    Optional<Json.Obj> entry = journal.last(Entries.IDENTITY);
    if (entry.isEmpty()) {
      try {
        journal.append(Entries.IDENTITY, asked);
      } catch (UncheckedIOException e) {
        throw new RequestException(
            "Cannot write to " + store.location() + ": " + e.getCause().getMessage(), e);
      }
    } else {
      Json.Obj found = entry.get().without("kind").without("after");
      List<String> differences = new Identity(asked).differencesFrom(new Identity(found));
      if (!differences.isEmpty()) {
        throw new RequestException(
            store.location()
                + " holds the unfinished work of another run; finish it, or give --clean to throw it away. It differs in:\n  "
                + String.join("\n  ", differences));
      }
    }
    return new Workspace(store, journal);
  }

  public FileStore store() {
    return store;
  }

  /** The units that were committed, by id. */
  public Map<String, SolvedUnit> solvedUnits() {
    return units(Entries.UNIT);
  }

  public void commit(SolvedUnit unit) {
    journal.append(Entries.UNIT, Entries.of(unit));
  }

  /** The folder of what was solved. */
  public FileStore solved() {
    return store.folder(RunContext.SOLVED);
  }

  /** The factors that a unit has left there. */
  public Factors factors(SolvedUnit unit) throws IOException {
    try (Scope scope = Scope.open();
        TensorReader reader = new TensorReader(solved())) {
      TensorEntry entry = SafetensorsHeader.read(solved(), unit.file().name()).tensors().get(0);
      return new Factors(Tensors.floats(reader.read(entry)));
    }
  }

  /** The shards of the output that were written, by file. */
  public Map<String, SolvedUnit> writtenShards() {
    return units(Entries.SHARD);
  }

  public void commitShard(SolvedUnit shard) {
    journal.append(Entries.SHARD, Entries.of(shard));
  }

  /** Where the time of the steps went, in the order in which they were done. */
  public List<StepFigures> steps() {
    return journal.entries(Entries.STEP).stream().map(Entries::step).toList();
  }

  /** The same as the journal has it. */
  public List<Json.Obj> stepEntries() {
    return journal.entries(Entries.STEP).stream()
        .map(entry -> entry.without("kind").without("after"))
        .toList();
  }

  public void commit(StepFigures step) {
    journal.append(Entries.STEP, Entries.of(step));
  }

  private Map<String, SolvedUnit> units(String kind) {
    Map<String, SolvedUnit> units = new LinkedHashMap<>();
    journal.entries(kind).stream()
        .map(Entries::solvedUnit)
        .forEach(unit -> units.put(unit.id(), unit));
    return units;
  }

  /**
   * Activations that were written: which time the data runs through the model, the index of the
   * subgraph that they enter, and a file for each slice.
   */
  public record SavedActivations(int pass, int subgraph, List<String> files) {}

  public Optional<SavedActivations> savedActivations() {
    return journal
        .last(Entries.ACTIVATIONS)
        .map(
            entry ->
                new SavedActivations(
                    (int) Entries.number(entry, "pass"),
                    (int) Entries.number(entry, "subgraph"),
                    texts(entry)));
  }

  private static List<String> texts(Json.Obj entry) {
    List<String> texts = new ArrayList<>();
    ((Json.Arr) entry.members().get("files"))
        .items()
        .forEach(item -> texts.add(((Json.Str) item).value()));
    return texts;
  }

  public void commit(SavedActivations saved) {
    journal.append(
        Entries.ACTIVATIONS,
        Json.object("pass", saved.pass(), "subgraph", saved.subgraph(), "files", saved.files()));
  }

  /**
   * The token ids that this run calibrates with; written once, so that a resumed run uses the same.
   */
  public Optional<TokenFile> tokens() throws IOException {
    Optional<Json.Obj> entry = journal.last(Entries.TOKENS);
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        TokenFile.open(
            store,
            TOKENS_FILE,
            Entries.text(entry.get(), "sha256"),
            Entries.number(entry.get(), "rows")));
  }

  /** Commits samples that are a row of data each. */
  public TokenFile commitTokens(List<int[]> samples) throws IOException {
    return commitTokens(samples, samples.size());
  }

  /** Commits samples for which so many rows of data were read. */
  public TokenFile commitTokens(List<int[]> samples, long rows) throws IOException {
    List<TensorSpec> specs = new ArrayList<>();
    Map<String, int[]> byName = new LinkedHashMap<>();
    for (int i = 0; i < samples.size(); i++) {
      String name = String.format(Locale.ROOT, "sample_%08d", i);
      specs.add(new TensorSpec(name, DType.I64, Shape.of(samples.get(i).length)));
      byName.put(name, samples.get(i));
    }
    SafetensorsLayout layout = SafetensorsLayout.of(specs);
    try (TensorWriter writer = new TensorWriter(store, TOKENS_FILE, layout)) {
      for (TensorSpec spec : layout.tensors()) {
        int[] ids = byName.get(spec.name());
        try (Scope scope = Scope.open()) {
          writer.write(
              spec, Tensors.of(java.util.Arrays.stream(ids).asLongStream().toArray(), ids.length));
        }
      }
      WrittenFile file = writer.commit();
      journal.append(
          Entries.TOKENS,
          Json.object(
              "file", file.name(),
              "sha256", file.sha256(),
              "samples", samples.size(),
              "rows", rows));
      return TokenFile.open(store, TOKENS_FILE, file.sha256(), rows);
    }
  }

  public void delete() throws IOException {
    store.deleteAll();
  }
}
