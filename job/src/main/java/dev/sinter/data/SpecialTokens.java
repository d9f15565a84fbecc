/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The tokens that a tokenizer's config names, and those that it adds to the vocabulary.
 *
 * @param named by role, as chat templates know them: bos_token and so on
 * @param added every token that must be one: content and flags
 */
record SpecialTokens(Map<String, String> named, List<Json.Obj> added) {
  private static final String ADDED = "added_tokens_decoder";
  private static final String EXTRA = "extra_special_tokens";
  private static final String OLDER_EXTRA = "additional_special_tokens";
  private static final String CONTENT = "content";

  /** The roles that every tokenizer may have; others end with _token too. */
  private static final List<String> ROLES =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");

  /** What classes of tokenizers have where the config names none. */
  private static final Map<String, Map<String, String>> USUAL =
      Map.of(
          "LlamaTokenizer",
          Map.of("bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>"),
          "GemmaTokenizer",
          Map.of(
              "bos_token",
              "<bos>",
              "eos_token",
              "<eos>",
              "unk_token",
              "<unk>",
              "pad_token",
              "<pad>",
              "mask_token",
              "<mask>"),
          "Qwen2Tokenizer",
          Map.of(
              "eos_token",
              "<|endoftext|>",
              "unk_token",
              "<|endoftext|>",
              "pad_token",
              "<|endoftext|>"),
          "GPT2Tokenizer",
          Map.of(
              "bos_token",
              "<|endoftext|>",
              "eos_token",
              "<|endoftext|>",
              "unk_token",
              "<|endoftext|>"));

  /**
   * What Transformers takes from the config, and from the older special_tokens_map.json where the
   * config does not list the added tokens itself.
   */
  static SpecialTokens of(TokenizerFiles files, String tokenizerClass) {
    Map<String, Json> settings = new LinkedHashMap<>(files.object(TokenizerFiles.CONFIG).members());
    if (!settings.containsKey(ADDED)) {
      settings.putAll(files.object(TokenizerFiles.SPECIAL_TOKENS).members());
    }
    Map<String, Json> tokens = new LinkedHashMap<>();
    Map<String, String> usual = USUAL.getOrDefault(tokenizerClass, Map.of());
    for (String role : ROLES) {
      Json value =
          settings.getOrDefault(
              role, usual.containsKey(role) ? Json.of(usual.get(role)) : Json.of(null));
      tokens.put(role, value);
    }
    settings.forEach(
        (name, value) -> tokens.putIfAbsent(name.endsWith("_token") ? name : "", value));
    Json extra = settings.getOrDefault(EXTRA, settings.getOrDefault(OLDER_EXTRA, Json.of(null)));
    if (extra instanceof Json.Obj byName) {
      tokens.putAll(byName.members());
    }
    tokens.remove("");
    Map<String, String> named = new LinkedHashMap<>();
    tokens.forEach((role, value) -> content(value).ifPresent(text -> named.put(role, text)));
    Stream<Json> all =
        Stream.of(values(settings.get(ADDED)), tokens.values().stream(), values(extra))
            .flatMap(stream -> stream);
    return new SpecialTokens(named, added(all));
  }

  private static Stream<Json> values(Json value) {
    if (value instanceof Json.Arr list) {
      return list.items().stream();
    }
    return value instanceof Json.Obj byName ? byName.members().values().stream() : Stream.empty();
  }

  /** The text of a token, which is one or an object with flags. */
  static Optional<String> content(Json token) {
    if (token instanceof Json.Str text) {
      return Optional.of(text.value());
    }
    return token instanceof Json.Obj object
        ? object.member(CONTENT).flatMap(SpecialTokens::content)
        : Optional.empty();
  }

  /** Each token once, in order, with the flags that it has first. */
  private static List<Json.Obj> added(Stream<Json> tokens) {
    Map<String, Json.Obj> added = new LinkedHashMap<>();
    tokens.forEach(
        token ->
            content(token)
                .filter(text -> !text.isEmpty())
                .ifPresent(text -> added.putIfAbsent(text, withFlags(text, token))));
    return new ArrayList<>(added.values());
  }

  private static Json.Obj withFlags(String text, Json token) {
    Json.Obj given = token instanceof Json.Obj object ? object : Json.object("special", true);
    boolean special = isSet(given, "special", token instanceof Json.Str);
    return Json.object(
        CONTENT,
        text,
        "single_word",
        isSet(given, "single_word", false),
        "lstrip",
        isSet(given, "lstrip", false),
        "rstrip",
        isSet(given, "rstrip", false),
        "normalized",
        isSet(given, "normalized", !special),
        "special",
        special);
  }

  private static boolean isSet(Json.Obj token, String flag, boolean usual) {
    return token.members().get(flag) instanceof Json.Bool bool ? bool.value() : usual;
  }
}
