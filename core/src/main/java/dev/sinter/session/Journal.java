/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

import dev.sinter.checkpoint.FileInfo;
import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.json.JsonSyntaxException;
import dev.sinter.json.JsonWriter;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a run has committed, in order. Each entry is a file of its own, since no object store
 * appends: it appears whole or not at all, and what it names was durable before.
 */
public final class Journal {
  private static final String KIND = "kind";

  private final FileStore store;
  private final List<Json.Obj> entries;

  private Journal(FileStore store, List<Json.Obj> entries) {
    this.store = store;
    this.entries = entries;
  }

  /** Opens a journal with what it holds already. */
  static Journal open(FileStore store) throws IOException {
    List<Json.Obj> entries = new ArrayList<>();
    for (FileInfo file : store.list()) {
      if (file.name().equals(name(entries.size()))) {
        entries.add(read(store, file.name()));
      }
    }
    return new Journal(store, entries);
  }

  private static Json.Obj read(FileStore store, String name) throws IOException {
    String why;
    try {
      Json.Obj entry = JsonParser.parseObject(FileStores.read(store, name));
      if (entry.members().get(KIND) instanceof Json.Str) {
        return entry;
      }
      why = "it has no kind";
    } catch (JsonSyntaxException e) {
      why = e.getMessage();
    }
    throw new RequestException(
        store.location()
            + "/"
            + name
            + " is damaged: "
            + why
            + ". Run again with --clean to start afresh");
  }

  /** Commits an entry: when this returns, a run that starts again will find it. */
  public void append(String kind, Json.Obj entry) {
    Json.Obj whole = Json.object(KIND, kind);
    for (var member : entry.members().entrySet()) {
      whole = whole.with(member.getKey(), member.getValue());
    }
    try {
      FileStores.write(store, name(entries.size()), JsonWriter.compact(whole) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the journal in " + store.location(), e);
    }
    entries.add(whole);
  }

  /** The entries of a kind, in order. */
  public List<Json.Obj> entries(String kind) {
    Json wanted = Json.of(kind);
    return entries.stream().filter(entry -> entry.members().get(KIND).equals(wanted)).toList();
  }

  public Optional<Json.Obj> last(String kind) {
    List<Json.Obj> ofKind = entries(kind);
    return ofKind.isEmpty() ? Optional.empty() : Optional.of(ofKind.get(ofKind.size() - 1));
  }

  private static String name(int index) {
    return String.format(Locale.ROOT, "%08d.json", index);
  }
}
