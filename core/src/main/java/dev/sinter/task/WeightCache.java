/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.task;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The weights that the tasks of one JVM share: at most two subgraphs, the one that is advanced and
 * the one that is swept, and more only while tasks use them.
 */
public final class WeightCache {
  private static final int KEPT = 2;
  private static final WeightCache SHARED = new WeightCache();

  private final Map<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  private WeightCache() {}

  static WeightCache shared() {
    return SHARED;
  }

  /** Which weights: those of some nodes, with some modules solved, in one run. */
  record Key(String runId, String what) {}

  /** Loads weights that the cache does not hold. */
  @FunctionalInterface
  interface Loader {
    SubgraphWeights load() throws IOException;
  }

  /** Weights in use; closing the lease says that this user is done. */
  final class Lease implements AutoCloseable {
    private final Entry entry;

    private Lease(Entry entry) {
      this.entry = entry;
    }

    SubgraphWeights weights() {
      return entry.weights;
    }

    @Override
    public void close() {
      release(entry);
    }
  }

  private static final class Entry {
    private SubgraphWeights weights;
    private int users;
  }

  /** The weights under that key, loaded by one task while others wait for it. */
  Lease lease(Key key, Loader loader) throws IOException {
    Entry entry;
    synchronized (this) {
      evictOtherRuns(key.runId());
      entry = entries.computeIfAbsent(key, name -> new Entry());
      entry.users++;
    }
    try {
      synchronized (entry) {
        if (entry.weights == null) {
          evictBeyond(KEPT);
          entry.weights = loader.load();
        }
      }
      return new Lease(entry);
    } catch (IOException | RuntimeException | Error e) {
      release(entry);
      throw e;
    }
  }

  private void evictOtherRuns(String runId) {
    entries
        .entrySet()
        .removeIf(
            entry -> {
              boolean stale =
                  entry.getValue().users == 0
                      && !start(entry.getKey().runId()).equals(start(runId));
              if (stale) {
                free(entry.getValue());
              }
              return stale;
            });
  }

  /** A start of a driver has several ids, one for each state of the weights. */
  private static String start(String runId) {
    int version = runId.indexOf('/');
    return version < 0 ? runId : runId.substring(0, version);
  }

  private synchronized void release(Entry entry) {
    entry.users--;
    evictBeyond(KEPT);
  }

  /** Frees what nobody uses, the least recently used first, until so many entries are left. */
  private synchronized void evictBeyond(int kept) {
    Iterator<Entry> oldestFirst = entries.values().iterator();
    int excess = entries.size() - kept;
    while (excess > 0 && oldestFirst.hasNext()) {
      Entry entry = oldestFirst.next();
      if (entry.users == 0) {
        oldestFirst.remove();
        free(entry);
        excess--;
      }
    }
  }

  private static void free(Entry entry) {
    if (entry.weights != null) {
      entry.weights.close();
    }
  }

  /** Frees all weights that nobody uses: for the end of a run in a JVM that lives on. */
  public static void clear() {
    synchronized (SHARED) {
      SHARED.evictBeyond(0);
    }
  }
}
