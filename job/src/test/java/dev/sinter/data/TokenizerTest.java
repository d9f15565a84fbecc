/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.FileStores;
import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.problem.RequestException;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ids, tokens and chats are those of Transformers: see token_ids.py. */
class TokenizerTest {
  private static final LocalDateTime NOON = LocalDateTime.of(2025, 7, 26, 12, 0);

  @TempDir private Path folder;

  private static Json.Obj golden() throws Exception {
    try (InputStream content = TokenizerTest.class.getResourceAsStream("/golden/token_ids.json")) {
      return JsonParser.parseObject(content.readAllBytes());
    }
  }

  static Stream<Json.Obj> cases() throws Exception {
    return items(golden().members().get("cases")).map(Json.Obj.class::cast);
  }

  private static Stream<Json> items(Json array) {
    return ((Json.Arr) array).items().stream();
  }

  private static String text(Json json) {
    return ((Json.Str) json).value();
  }

  private static int[] ids(Json json) {
    return items(json).mapToInt(id -> (int) ((Json.Num) id).asLong()).toArray();
  }

  private static Optional<Integer> number(Json.Obj object, String name) {
    return object.member(name).map(value -> (int) ((Json.Num) value).asLong());
  }

  /** The checkpoint of a case; the demo's if it has no files. */
  private Tokenizer open(Json.Obj golden) throws IOException {
    Json.Obj files = (Json.Obj) golden.members().get("files");
    for (String name : files.members().keySet()) {
      Files.writeString(folder.resolve(name), text(files.members().get(name)));
    }
    Path checkpoint = files.members().isEmpty() ? TestData.tinyLlamaBf16() : folder;
    return Tokenizer.open(TokenizerFiles.read(FileStores.at(checkpoint.toString())));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void givesTheIdsOfTransformers(Json.Obj golden) throws IOException {
    try (Tokenizer tokenizer = open(golden)) {
      for (Json row : items(golden.members().get("texts")).toList()) {
        List<Json> parts = ((Json.Arr) row).items();
        String text = text(parts.get(0));

        assertThat(tokenizer.encode(text)).as(text).containsExactly(ids(parts.get(1)));
        assertThat(tokenizer.encodeRendered(text)).as(text).containsExactly(ids(parts.get(2)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void knowsItsSpecialTokens(Json.Obj golden) throws IOException {
    try (Tokenizer tokenizer = open(golden)) {
      assertThat(tokenizer.bosId()).isEqualTo(number(golden, "bos"));
      assertThat(tokenizer.eosId()).isEqualTo(number(golden, "eos"));
      assertThat(tokenizer.padId()).isEqualTo(number(golden, "pad"));
      assertThat(tokenizer.modelMaxLength()).isEqualTo(number(golden, "model_max_length"));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void writesChatsAsTransformersDoes(Json.Obj golden) throws Exception {
    List<Json.Obj> messages =
        items(golden().members().get("messages")).map(Json.Obj.class::cast).toList();
    try (Tokenizer tokenizer = open(golden)) {
      Optional<Json> expected = golden.member("chat");
      if (expected.isPresent()) {
        assertThatThrownBy(() -> tokenizer.render(List.of(), NOON))
            .hasMessage("A chat has no messages");
        assertThat(tokenizer.render(messages, NOON)).isEqualTo(text(expected.get()));
      } else {
        assertThatThrownBy(() -> tokenizer.render(messages, NOON))
            .isInstanceOf(RequestException.class)
            .hasMessageContaining(
                "has no chat template, so chats cannot be tokenized: put one beside the tokenizer"
                    + " as chat_template.jinja, or take a data set of texts");
      }
    }
  }

  @Test
  void oneTokenizerServesManyThreads() throws Exception {
    String text = "The quick brown fox doesn't jump: 12345.67 ".repeat(50);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (Tokenizer tokenizer = open(cases().findFirst().orElseThrow())) {
      int[] expected = tokenizer.encode(text);
      List<Callable<int[]>> tasks = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        tasks.add(() -> tokenizer.encode(text));
      }
      for (Future<int[]> ids : threads.invokeAll(tasks)) {
        assertThat(ids.get()).containsExactly(expected);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void longTextsAreNotCut() throws Exception {
    String text = "doesn't jump 😀 ";
    int times = 20_000;
    try (Tokenizer tokenizer = open(cases().findFirst().orElseThrow())) {
      int once = tokenizer.encode(text).length;
      int further = tokenizer.encode(text.repeat(2)).length - once;

      assertThat(tokenizer.encode(text.repeat(times))).hasSize(once + (times - 1) * further);
    }
  }

  @Test
  void halfACharacterIsRefused() throws Exception {
    try (Tokenizer tokenizer = open(cases().findFirst().orElseThrow())) {
      assertThatThrownBy(() -> tokenizer.encode("a😀\ud83db"))
          .isInstanceOf(RequestException.class)
          .hasMessage("A text cannot be tokenized: it has half a character at 3");
    }
  }

  @Test
  void fingerprintsDifferWithEveryFile() throws Exception {
    Files.copy(
        TestData.tinyLlamaBf16().resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
    String plain = TokenizerFiles.read(FileStores.at(folder.toString())).fingerprint();
    Files.writeString(folder.resolve("chat_template.jinja"), "{{ messages }}");
    String withTemplate = TokenizerFiles.read(FileStores.at(folder.toString())).fingerprint();

    assertThat(TokenizerFiles.read(FileStores.at(folder.toString())).fingerprint())
        .isEqualTo(withTemplate)
        .isNotEqualTo(plain)
        .hasSize(64);
  }

  @Test
  void saysHowToMakeAMissingTokenizer() {
    assertThatThrownBy(() -> TokenizerFiles.read(FileStores.at(folder.toString())))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            folder
                + " has no tokenizer.json, which text is tokenized by. Transformers writes one:"
                + " AutoTokenizer.from_pretrained(\"MODEL\").save_pretrained(\"FOLDER\")");
  }

  @Test
  void saysWhatIsWrongWithATokenizer() throws Exception {
    Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": {");
    TokenizerFiles cut = TokenizerFiles.read(FileStores.at(folder.toString()));
    Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": {\"type\": \"Nope\"}}");
    TokenizerFiles unknown = TokenizerFiles.read(FileStores.at(folder.toString()));

    assertThatThrownBy(() -> Tokenizer.open(cut))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            folder
                + "/tokenizer.json is not JSON: Unexpected end-of-input: expected close marker for Object. It has 11 bytes; download it again if it should have more");
    assertThatThrownBy(() -> Tokenizer.open(unknown))
        .isInstanceOf(RequestException.class)
        .hasMessageStartingWith(folder + "/tokenizer.json: ");
  }

  @Test
  void faultsOfATemplateNameItsFileAndLine() throws Exception {
    Files.copy(
        TestData.tinyLlamaBf16().resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
    Files.createDirectory(folder.resolve("additional_chat_templates"));
    Files.writeString(folder.resolve("additional_chat_templates/rag.jinja"), "x");
    List<Json.Obj> chat = List.of(Json.object("role", "user", "content", "Hi"));
    try (Tokenizer tokenizer =
        Tokenizer.open(TokenizerFiles.read(FileStores.at(folder.toString())))) {
      assertThatThrownBy(() -> tokenizer.render(chat, NOON))
          .hasMessageContaining("has chat templates for [rag], and none is the default");
    }
    Files.writeString(
        folder.resolve("chat_template.jinja"), "{{ bos_token }}\n{{ messages | nope }}");
    try (Tokenizer tokenizer =
        Tokenizer.open(TokenizerFiles.read(FileStores.at(folder.toString())))) {
      assertThatThrownBy(() -> tokenizer.render(chat, NOON))
          .isInstanceOf(RequestException.class)
          .hasMessageStartingWith(
              folder + "/chat_template.jinja:2:15: There is no filter named nope.");
    }
  }
}
