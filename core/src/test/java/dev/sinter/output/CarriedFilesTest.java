/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.json.Json;
import dev.sinter.pipeline.OneshotRequest;
import dev.sinter.pipeline.Outcome;
import dev.sinter.problem.RequestException;
import dev.sinter.tensor.DType;
import dev.sinter.testing.FilledCheckpoint;
import dev.sinter.testing.Runs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files beside the weights a result gets, and from where. */
class CarriedFilesTest {
  @TempDir private Path temp;

  @BeforeEach
  void writeModelAndTokenizer() throws IOException {
    Json.Obj config = Json.object("model_type", "qwen2", "dtype", "bfloat16");
    new FilledCheckpoint(config)
        .random("model.layers.0.mlp.up_proj.weight", DType.BF16, 64, 128)
        .in(temp.resolve("model"));
    write("model", "tokenizer.json", "merges.txt", "generation_config.json", "modeling_x.py");
    write("model", "pytorch_model.bin", ".hidden", "README.md");
    write("other", "tokenizer.json", "tokenizer.model", "chat_template.jinja", "config.json");
    write("other", "generation_config.json", "model.safetensors");
  }

  private void write(String folder, String... names) throws IOException {
    Files.createDirectories(temp.resolve(folder));
    for (String name : names) {
      Files.writeString(temp.resolve(folder).resolve(name), folder);
    }
  }

  private Outcome run(Optional<String> tokenizer) throws IOException {
    OneshotRequest request =
        Runs.request(
            temp.resolve("model"),
            temp.resolve("out"),
            Runs.recipe("QuantizationModifier", "scheme: W8A16"),
            Optional.empty());
    return Runs.run(request.withTokenizer(tokenizer));
  }

  private Stream<String> from(String folder) throws IOException {
    try (Stream<Path> files = Files.list(temp.resolve("out"))) {
      return files
          .filter(file -> file.toFile().length() == folder.length())
          .filter(file -> hasContent(file, folder))
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList()
          .stream();
    }
  }

  private static boolean hasContent(Path file, String content) {
    try {
      return Files.readString(file).equals(content);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void theCheckpointsOwnAreCarriedButForWeights() throws IOException {
    Outcome outcome = run(Optional.empty());

    assertThat(from("model"))
        .containsExactly(
            "README.md", "generation_config.json", "merges.txt", "modeling_x.py", "tokenizer.json");
    assertThat(outcome.notices())
        .contains(
            "pytorch_model.bin is not carried over: it holds weights in another form, or is written anew");
  }

  @Test
  void anotherTokenizerTakesThePlaceOfTheCheckpoints() throws IOException {
    run(Optional.of(temp.resolve("other").toString()));

    assertThat(from("other"))
        .containsExactly("chat_template.jinja", "tokenizer.json", "tokenizer.model");
    assertThat(from("model"))
        .containsExactly("README.md", "generation_config.json", "modeling_x.py");
  }

  @Test
  void anotherTokenizerMakesAnotherResult() throws IOException {
    run(Optional.of(temp.resolve("other").toString()));

    assertThat(run(Optional.of(temp.resolve("other").toString())).kind())
        .isEqualTo(Outcome.Kind.NOTHING_TO_DO);
    assertThatThrownBy(() -> run(Optional.empty()))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining(
            "\n  the file tokenizer.json of --tokenizer has changed, or is another");
  }

  @Test
  void aFolderWithoutTokenizerIsSaid() throws IOException {
    write("empty", "config.json");
    assertThatThrownBy(() -> run(Optional.of(temp.resolve("empty").toString())))
        .isInstanceOf(RequestException.class)
        .hasMessage(
            "There is no tokenizer at %s: it has no file such as tokenizer.json",
            temp.resolve("empty"));
  }
}
