/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Turns text into token ids as Transformers does, by the library that it uses. Any number of
 * threads may use one; whoever opened it closes it.
 */
public final class Tokenizer implements AutoCloseable {
  private final TokenizersLibrary library = TokenizerLibrary.bindings();
  private final long handle;

  private Tokenizer(TokenizerFiles files) {
    String json = new String(files.files().get(TokenizerFiles.TOKENIZER), StandardCharsets.UTF_8);
    try {
      handle = library.createTokenizerFromString(json);
    } catch (RuntimeException e) {
      throw new RequestException(
          files.location() + "/" + TokenizerFiles.TOKENIZER + ": " + e.getMessage(), e);
    }
    library.disableTruncation(handle);
    library.disablePadding(handle);
  }

  /** Opens what was read of a checkpoint. */
  public static Tokenizer open(TokenizerFiles files) {
    return new Tokenizer(files);
  }

  /** The ids of a text, with the special tokens that the tokenizer sets around one; never cut. */
  public int[] encode(String text) {
    return encode(text, true);
  }

  /** The ids of a text that has its special tokens already, as a chat template writes them. */
  public int[] encodeRendered(String text) {
    return encode(text, false);
  }

  private int[] encode(String text, boolean specialTokens) {
    long encoding = library.encode(handle, text, specialTokens);
    try {
      return Arrays.stream(library.getTokenIds(encoding)).mapToInt(Math::toIntExact).toArray();
    } finally {
      library.deleteEncoding(encoding);
    }
  }

  /** A chat as the checkpoint's template writes it, without the beginning of an answer. */
  public String render(List<Json.Obj> messages) {
    throw new RequestException("Chat templates are not read yet");
  }

  /** The token that begins a text. */
  public Optional<Integer> bosId() {
    return Optional.empty();
  }

  /** The token that ends a text. */
  public Optional<Integer> eosId() {
    return Optional.empty();
  }

  /** The token that fills up short texts. */
  public Optional<Integer> padId() {
    return Optional.empty();
  }

  /** How many tokens the model takes, where the tokenizer says so. */
  public Optional<Integer> modelMaxLength() {
    return Optional.empty();
  }

  @Override
  public void close() {
    library.deleteTokenizer(handle);
  }
}
