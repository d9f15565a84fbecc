/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static dev.sinter.plan.LlamaQuantizers.everyLinear;
import static dev.sinter.plan.LlamaQuantizers.quantizers;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.recipe.Recipe;
import dev.sinter.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files and folders of ModelOpt's older guide mean what it says. */
class OlderModelOptFilesTest {
  private static final String METADATA =
      """
      metadata:
        recipe_type: ptq
        description: My custom NVFP4 recipe.
      """;
  private static final String QUANTIZE =
      """
      algorithm: max
      quant_cfg:
        - quantizer_name: '*'
          enable: false
        - quantizer_name: '*weight_quantizer'
          cfg:
            num_bits: e2m1
            block_sizes: {-1: 16, type: dynamic, scale_bits: e4m3}
        - quantizer_name: '*input_quantizer'
          cfg:
            num_bits: e4m3
            axis:
      """;

  @TempDir private Path temp;

  private Path write(String name, String text) throws IOException {
    Path file = temp.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"yml", "yaml"})
  void folderHasMetadataAndSectionApart(String suffix) throws IOException {
    write("my_recipe/recipe." + suffix, METADATA);
    write("my_recipe/quantize." + suffix, QUANTIZE);

    Recipe recipe = Recipes.load(temp.resolve("my_recipe").toString());

    assertThat(quantizers(recipe))
        .containsAllEntriesOf(everyLinear("e2m1 blocks -1=[16] scales e4m3 dynamic", "e4m3"));
    assertThat(recipe.metadata().members())
        .containsEntry("description", Json.of("My custom NVFP4 recipe."));
    assertThat(recipe).isEqualTo(Recipes.load(temp.resolve("my_recipe") + "/"));
  }

  @Test
  void importsOfAFolderStandInRecipeYml() throws IOException {
    write(
        "my_recipe/recipe.yml",
        "imports:\n  fp8: configs/numerics/fp8\n  off: configs/ptq/default_disabled_quantizers\n"
            + METADATA);
    write(
        "my_recipe/quantize.yml",
        QUANTIZE.replaceFirst("num_bits: e4m3\\s+axis:", "\\$import: fp8") + "  - $import: off\n");
    Recipe folder = Recipes.load(temp.resolve("my_recipe").toString());

    assertThat(quantizers(folder))
        .isEqualTo(everyLinear("e2m1 blocks -1=[16] scales e4m3 dynamic", "e4m3"));
  }

  @Test
  void importsOfAFolderMayStandWhereTheyAreUsed() throws IOException {
    write("my_recipe/metadata.yaml", "recipe_type: ptq\ndescription: Newer.\n");
    write(
        "my_recipe/quantize.yaml",
        "imports: {fp8: configs/numerics/fp8}\n"
            + QUANTIZE.replaceFirst("num_bits: e4m3\\s+axis:", "\\$import: fp8"));

    Recipe folder = Recipes.load(temp.resolve("my_recipe").toString());

    assertThat(folder.metadata().members()).containsEntry("description", Json.of("Newer."));
    assertThat(quantizers(folder)).containsEntry("q_proj.input_quantizer", "e4m3");
  }

  @Test
  void importsInAMapFollowEachOtherAndInlineKeysAreLast() throws IOException {
    write("base_format.yml", "num_bits: 8\naxis: 0\nunsigned: false\n");
    write("kv_tweaks.yml", "num_bits: 4\n");
    write("bits.yml", "num_bits: 4\naxis: 1\n");
    write("scale.yml", "axis: -1\ncalibrator: max\n");
    write("nvfp4.yml", "num_bits: e2m1\nblock_sizes: {-1: 16, type: dynamic, scale_bits: e4m3}\n");
    write(
        "r.yml",
        """
        imports:
          nvfp4: nvfp4
          base_format: base_format
          kv_tweaks: kv_tweaks
          bits: bits
          scale: scale
        one:
          $import: nvfp4
        two:
          $import: nvfp4
          block_sizes:
            -1: 16
            type: static
        three:
          $import: [base_format, kv_tweaks]
        four:
          $import: [kv_tweaks, base_format]
        five:
          $import: [bits, scale]
          axis: 0
        """);

    Json config = Recipes.loadConfig(temp.resolve("r.yml").toString());

    Json e2m1 = Json.of(List.of(2, 1));
    assertThat(config)
        .isEqualTo(
            Json.object(
                "one",
                Json.object(
                    "num_bits",
                    e2m1,
                    "block_sizes",
                    Json.object("-1", 16, "type", "dynamic", "scale_bits", List.of(4, 3))),
                "two",
                Json.object(
                    "num_bits", e2m1, "block_sizes", Json.object("-1", 16, "type", "static")),
                "three",
                Json.object("num_bits", 4, "axis", 0, "unsigned", false),
                "four",
                Json.object("num_bits", 8, "axis", 0, "unsigned", false),
                "five",
                Json.object("num_bits", 4, "axis", 0, "calibrator", "max")));
  }

  @Test
  void listOfTwoDocumentsImportsAMap() throws IOException {
    write(
        "fp8_kv.yaml",
        """
        # configs/ptq/fp8_kv.yaml — list snippet that imports a dict snippet
        imports:
          fp8: configs/numerics/fp8
        ---
        - quantizer_name: '*[kv]_bmm_quantizer'
          cfg:
            $import: fp8
        """);
    write(
        "r.yml",
        """
        imports: {kv: fp8_kv, base: configs/ptq/base_disable_all}
        quantize:
          quant_cfg:
          - $import: base
          - $import: kv
        """);

    assertThat(Recipes.loadConfig(temp.resolve("fp8_kv").toString()))
        .isEqualTo(Recipes.loadConfig("configs/ptq/fp8_kv"));
    assertThat(quantizers(Recipes.load(temp.resolve("r").toString())))
        .isEqualTo(
            Map.of("self_attn.k_bmm_quantizer", "e4m3", "self_attn.v_bmm_quantizer", "e4m3"));
  }

  @Test
  void int8RecipeIsPerChannelOfWeightsAndPerTensorOfInputs() throws IOException {
    Path file =
        write(
            "my_int8_recipe.yml",
            """
            # my_int8_recipe.yml
            imports:
              base_disable_all: configs/ptq/base_disable_all
              default_disabled: configs/ptq/default_disabled_quantizers
            metadata:
              recipe_type: ptq
              description: INT8 per-channel weight, per-tensor activation.
            quantize:
              algorithm: max
              quant_cfg:
                - $import: base_disable_all
                - quantizer_name: '*weight_quantizer'
                  cfg:
                    num_bits: 8
                    axis: 0
                - quantizer_name: '*input_quantizer'
                  cfg:
                    num_bits: 8
                    axis:
                - $import: default_disabled
            """);

    Recipe recipe = Recipes.load(file.toString());

    assertThat(quantizers(recipe)).isEqualTo(everyLinear("int8 axis 0", "int8"));
    assertThat(Recipes.load(temp.resolve("my_int8_recipe").toString())).isEqualTo(recipe);
  }

  @ParameterizedTest
  @ValueSource(strings = {"e4m3", "E4M3", "E4m3"})
  void floatsMayBeWrittenInAnyCase(String notation) throws IOException {
    write("c.yml", "num_bits: " + notation + "\nscale_bits: e8m0\n");

    assertThat(Recipes.loadConfig(temp.resolve("c").toString()))
        .isEqualTo(Json.object("num_bits", List.of(4, 3), "scale_bits", List.of(8, 0)));
  }
}
