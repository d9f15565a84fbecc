/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.json.Json;
import dev.sinter.recipe.Recipe;
import dev.sinter.recipe.Recipes;
import dev.sinter.testing.Runs;
import dev.sinter.testing.SmallCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A checkpoint's recipe.yaml is not forgotten when it is compressed again, nor done again. */
class RecipeHistoryTest {
  private static final String FP8 =
      "modifiers: {QuantizationModifier: {scheme: FP8_DYNAMIC, ignore: [lm_head]}}";

  @TempDir private Path temp;

  private static void compress(Path model, Path output, String recipe) throws IOException {
    Runs.run(Runs.request(model, output, Recipes.parse("r.yaml", recipe), Optional.empty()));
  }

  private static Path recipe(Path folder) {
    return folder.resolve("recipe.yaml");
  }

  private static List<Json> history(Path folder) {
    Json.Obj written = (Json.Obj) Recipes.loadConfig(recipe(folder).toString());
    return ((Json.Arr) written.members().getOrDefault("history", Json.of(List.of()))).items();
  }

  private Path model() throws IOException {
    Path model = temp.resolve("model");
    SmallCheckpoint.complete(SmallCheckpoint.LLAMA).in(Files.createDirectories(model));
    return model;
  }

  @Test
  void eachTimeTheEarlierOnesStandBehindTheRecipe() throws IOException {
    List<String> schemes = List.of("W8A8", "FP8_DYNAMIC", "W8A16", "NVFP4A16");
    Path from = model();
    for (int time = 0; time < schemes.size(); time++) {
      Path to = temp.resolve("output" + time);
      String text = FP8.replace("FP8_DYNAMIC", schemes.get(time));
      compress(from, to, text);

      Recipe read = Recipes.load(recipe(to).toString());
      assertThat(read.modifiers()).isEqualTo(Recipes.parse("r.yaml", text).modifiers());
      assertThat(history(to)).hasSize(time);
      for (int earlier = 0; earlier < time; earlier++) {
        String scheme = schemes.get(time - 1 - earlier);
        assertThat(history(to).get(earlier).toString())
            .contains("scheme")
            .contains("=" + scheme + "]");
      }
      from = to;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "args: {a: 1}\nq_stage: {args: {b: 2}, q_modifiers: {QuantizationModifier: {scheme:"
            + " \"eval('W' + str(a))\"}}}\n",
        "imports: {fp8: configs/numerics/fp8}\nquantize: {quant_cfg: [{quantizer_name: '*', cfg:"
            + " {$import: fp8}}, {$import: other}]}\n",
        "imports: {fp8: configs/numerics/fp8}\n---\nquantize: {quant_cfg: []}\n",
        "default_stage_0: {x_modifiers: {SmoothQuantModifier: {mappings: [!!python/tuple [a, b]]}}}\n",
        "no: [yaml\n",
        "just words, and eval(words)\n",
        "- a list\n",
      })
  void whateverStoodThereTheResultCanBeReadAgain(String earlier) throws IOException {
    Path model = model();
    Files.writeString(recipe(model), earlier);
    Path first = temp.resolve("first");
    Path second = temp.resolve("second");

    compress(model, first, FP8);
    compress(first, second, FP8);

    for (Path output : List.of(first, second)) {
      Recipe read = Recipes.load(recipe(output).toString());
      assertThat(read.modifiers()).isEqualTo(Recipes.parse("r.yaml", FP8).modifiers());
      assertThat(read.notes()).isEmpty();
    }
    assertThat(history(first)).hasSize(1);
    assertThat(history(second)).hasSize(2);
    assertThat(history(second).get(1)).isEqualTo(history(first).get(0));
    assertThat(Checkpoint.open(FileStores.at(second.toString())).tensors()).isNotEmpty();
  }

  @Test
  void nothingOfAFileOfSeveralDocumentsIsLost() throws IOException {
    Path model = model();
    Files.writeString(recipe(model), "imports: {fp8: configs/numerics/fp8}\n---\nquantize: {}\n");
    compress(model, temp.resolve("first"), FP8);

    assertThat(history(temp.resolve("first")).get(0).toString())
        .contains("imports")
        .contains("quantize");
  }
}
