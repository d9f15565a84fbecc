/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns text into token ids as Transformers does, by the library that it uses. Any number of
 * threads may use one; whoever opened it closes it.
 */
public final class Tokenizer implements AutoCloseable {
  private final TokenizersLibrary library = TokenizerLibrary.bindings();
  private final TokenizerFiles files;
  private final SpecialTokens tokens;
  private final Map<String, Integer> ids;
  private final long handle;
  private Optional<ChatTemplate> template = Optional.empty();

  private Tokenizer(TokenizerFiles files) {
    TokenizerClass type = TokenizerClass.of(files);
    Json.Obj config = files.object(TokenizerFiles.CONFIG);
    this.files = files.withoutVocabulary();
    this.tokens = SpecialTokens.of(files, type.name());
    TokenizerJson.Adapted adapted = TokenizerJson.adapt(files, tokens, type.replaced(config));
    this.ids = adapted.ids();
    try {
      handle = library.createTokenizerFromString(adapted.json());
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
    checkCharacters(text);
    try {
      long encoding = library.encode(handle, text, specialTokens);
      try {
        return Arrays.stream(library.getTokenIds(encoding)).mapToInt(Math::toIntExact).toArray();
      } finally {
        library.deleteEncoding(encoding);
      }
    } catch (RuntimeException e) {
      throw new RequestException("A text cannot be tokenized: " + e.getMessage(), e);
    }
  }

  /** A Java text may hold half of a pair of surrogates, which is no Unicode. */
  private static void checkCharacters(String text) {
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      if (Character.isSurrogate(text.charAt(i)) && Character.charCount(text.codePointAt(i)) == 1) {
        throw new RequestException("A text cannot be tokenized: it has half a character at " + i);
      }
    }
  }

  /**
   * A chat as the checkpoint's template writes it, without the beginning of an answer.
   *
   * @param now the time that the template is told
   */
  public String render(List<Json.Obj> messages, LocalDateTime now) {
    return template().render(messages, now);
  }

  /**
   * Refuses files without a chat template that can be read: this tokenizer's, wherever they lie.
   */
  void requireTemplate(TokenizerFiles of) {
    ChatTemplate.of(of, tokens);
  }

  /** Read when it is first asked for: who tokenizes text needs none. */
  private synchronized ChatTemplate template() {
    if (template.isEmpty()) {
      template = Optional.of(ChatTemplate.of(files, tokens));
    }
    return template.get();
  }

  /** The token that begins a text. */
  public Optional<Integer> bosId() {
    return id("bos_token");
  }

  /** The token that ends a text. */
  public Optional<Integer> eosId() {
    return id("eos_token");
  }

  /** The token that fills up short texts. */
  public Optional<Integer> padId() {
    return id("pad_token");
  }

  private Optional<Integer> id(String role) {
    return Optional.ofNullable(tokens.named().get(role)).map(ids::get);
  }

  /** How many tokens the model takes, where the tokenizer says so: some say a number beyond any. */
  public Optional<Integer> modelMaxLength() {
    Json.Obj config = files.object(TokenizerFiles.CONFIG);
    return config
        .member("model_max_length")
        .or(() -> config.member("max_len"))
        .filter(Json.Num.class::isInstance)
        .map(value -> new BigDecimal(((Json.Num) value).text()))
        .filter(length -> length.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) <= 0)
        .map(BigDecimal::intValue);
  }

  @Override
  public void close() {
    library.deleteTokenizer(handle);
  }
}
