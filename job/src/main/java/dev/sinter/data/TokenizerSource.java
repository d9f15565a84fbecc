/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.checkpoint.FileStore;
import java.io.IOException;
import java.util.Optional;

/**
 * Where the tokenizer's files are; read when they are first asked for, as tokenized data needs
 * none.
 */
public final class TokenizerSource {
  private final FileStore store;
  private Optional<TokenizerFiles> read = Optional.empty();

  public TokenizerSource(FileStore store) {
    this.store = store;
  }

  /** The files, which must be there. */
  public synchronized TokenizerFiles files() throws IOException {
    if (read.isEmpty()) {
      read = Optional.of(TokenizerFiles.read(store));
    }
    return read.get();
  }

  /** What tells the tokenizer from others, if there is one. */
  Optional<String> fingerprint() throws IOException {
    return store.info(TokenizerFiles.TOKENIZER).isPresent()
        ? Optional.of(files().fingerprint())
        : Optional.empty();
  }

  /**
   * Opens the tokenizer, and its chat template if that is needed: what is wrong with them shows.
   */
  void require(EncodeTask.Kind kind) throws IOException {
    TokenizerFiles files = files();
    try (TokenizerPool.Lease lease =
        TokenizerPool.shared().lease(files.fingerprint(), () -> files)) {
      if (kind == EncodeTask.Kind.CHAT) {
        lease.tokenizer().requireTemplate(files);
      }
    }
  }

  /** How many tokens the model takes, where a tokenizer says so. */
  Optional<Integer> modelMaxLength() throws IOException {
    if (fingerprint().isEmpty()) {
      return Optional.empty();
    }
    TokenizerFiles files = files();
    try (TokenizerPool.Lease lease =
        TokenizerPool.shared().lease(files.fingerprint(), () -> files)) {
      return lease.tokenizer().modelMaxLength();
    }
  }
}
