/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.checkpoint.FileStore;
import java.io.IOException;
import java.time.LocalDateTime;
import java.util.Optional;

/**
 * Where the tokenizer's files are; read when they are first asked for, as tokenized data needs
 * none.
 */
public final class TokenizerSource {
  private final FileStore store;
  private final StartTime start;
  private Optional<TokenizerFiles> read = Optional.empty();

  public TokenizerSource(FileStore store) {
    this(store, StartTime.of(System.getenv()));
  }

  TokenizerSource(FileStore store, StartTime start) {
    this.store = store;
    this.start = start;
  }

  /** The time that chat templates are told. */
  LocalDateTime now() {
    return start.time();
  }

  /** What there is to say of a template that writes the time, unless the request says which. */
  Optional<String> timeNotice() throws IOException {
    return start.source() == StartTime.Source.CLOCK && ChatTemplate.tellsTime(files())
        ? Optional.of(
            "The chat template of "
                + files().location()
                + " may write the date, which in these samples is "
                + start.time().toLocalDate()
                + "; begun on another day, a run gives other bytes. "
                + StartTime.VARIABLE
                + " says a time, in seconds since 1970")
        : Optional.empty();
  }

  /**
   * What decides how samples are tokenized, if there is a tokenizer: its files, and the time that
   * the request says. That of a clock is none of the request's: what was begun goes on with it.
   */
  Optional<String> identity() throws IOException {
    Optional<String> files = fingerprint();
    return files.isPresent()
            && start.source() == StartTime.Source.REQUEST
            && ChatTemplate.tellsTime(files())
        ? Optional.of(files.get() + " at " + start.time())
        : files;
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
