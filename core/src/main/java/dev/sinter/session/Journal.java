/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

import dev.sinter.checkpoint.FileInfo;
import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.json.JsonSyntaxException;
import dev.sinter.json.JsonWriter;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a run has committed, in order. Each entry is a file of its own, since no object store
 * appends: it appears whole or not at all, and what it names was durable before. An entry names the
 * hash of the one before it, so that what another run left behind never counts as this one's.
 */
public final class Journal {
  private static final String KIND = "kind";
  private static final String AFTER = "after";
  private static final Pattern ENTRY = Pattern.compile("[0-9]{8}\\.json");

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
      if (!ENTRY.matcher(file.name()).matches()) {
        continue;
      }
      if (!file.name().equals(name(entries.size()))) {
        throw damaged(store, file.name(), name(entries.size()) + " before it is missing");
      }
      entries.add(read(store, file.name(), hashOfLast(entries)));
    }
    return new Journal(store, entries);
  }

  private static Json.Obj read(FileStore store, String name, String after) throws IOException {
    try {
      Json.Obj entry = JsonParser.parseObject(FileStores.read(store, name));
      if (!(entry.members().get(KIND) instanceof Json.Str)) {
        throw damaged(store, name, "it has no kind");
      }
      if (!Json.of(after).equals(entry.members().get(AFTER))) {
        throw damaged(
            store, name, "it does not follow the entry before it, but that of another run");
      }
      return entry;
    } catch (JsonSyntaxException e) {
      throw damaged(store, name, e.getMessage());
    }
  }

  private static RequestException damaged(FileStore store, String name, String why) {
    return new RequestException(
        store.location()
            + "/"
            + name
            + " is damaged: "
            + why
            + ". Run again with --clean to start afresh");
  }

  private static String hashOfLast(List<Json.Obj> entries) {
    String last = entries.isEmpty() ? "" : JsonWriter.compact(entries.get(entries.size() - 1));
    return TensorWriter.sha256Hex(last.getBytes(StandardCharsets.UTF_8));
  }

  /** Commits an entry: when this returns, a run that starts again will find it. */
  public void append(String kind, Json.Obj entry) {
    Json.Obj whole = Json.object(KIND, kind, AFTER, hashOfLast(entries));
    for (var member : entry.members().entrySet()) {
      whole = whole.with(member.getKey(), member.getValue());
    }
    String name = name(entries.size());
    try {
      if (store.info(name).isPresent()) {
        throw new RequestException(
            store.location()
                + ": another run is at work in this workspace; wait for it, or give another --workspace");
      }
      FileStores.write(store, name, JsonWriter.compact(whole) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the journal in " + store.location(), e);
    }
    entries.add(whole);
  }

  /** How many entries there are. */
  int size() {
    return entries.size();
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
