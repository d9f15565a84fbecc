/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The tokenizers of this process, shared by its tasks: opening one takes longer than tokenizing a
 * hundred samples. The last few stay open.
 */
final class TokenizerPool {
  private static final int KEPT = 2;
  private static final TokenizerPool SHARED = new TokenizerPool();

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  static TokenizerPool shared() {
    return SHARED;
  }

  private static final class Entry {
    private final Tokenizer tokenizer;
    private int users;

    Entry(Tokenizer tokenizer) {
      this.tokenizer = tokenizer;
    }
  }

  /** A tokenizer in use; closing gives it back. */
  record Lease(TokenizerPool pool, String fingerprint, Tokenizer tokenizer)
      implements AutoCloseable {
    @Override
    public void close() {
      pool.release(fingerprint);
    }
  }

  synchronized Lease lease(String fingerprint, Supplier<TokenizerFiles> files) {
    Entry entry = entries.remove(fingerprint);
    if (entry == null) {
      entry = new Entry(Tokenizer.open(files.get()));
    }
    entry.users++;
    entries.put(fingerprint, entry);
    closeOthers();
    return new Lease(this, fingerprint, entry.tokenizer);
  }

  private synchronized void release(String fingerprint) {
    entries.get(fingerprint).users--;
  }

  /** Those that nobody uses, longest unused first. */
  private void closeOthers() {
    Iterator<Entry> oldest = entries.values().iterator();
    while (entries.size() > KEPT && oldest.hasNext()) {
      Entry entry = oldest.next();
      if (entry.users == 0) {
        entry.tokenizer.close();
        oldest.remove();
      }
    }
  }
}
