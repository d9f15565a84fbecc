/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.quantizer.QuantizerAttributes;
import dev.sinter.recipe.Recipe;
import dev.sinter.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of ModelOpt's older guide, as they stand there, mean what it says. */
class OlderModelOptGuideTest {
  private static final String INLINE =
      """
      metadata:
        recipe_type: ptq
        description: FP8 per-tensor weight and activation (W8A8), FP8 KV cache, max calibration.

      quantize:
        algorithm: max
        quant_cfg:
          - quantizer_name: '*'
            enable: false
          - quantizer_name: '*input_quantizer'
            cfg:
              num_bits: e4m3
              axis:
          - quantizer_name: '*weight_quantizer'
            cfg:
              num_bits: e4m3
              axis:
          - quantizer_name: '*[kv]_bmm_quantizer'
            cfg:
              num_bits: e4m3
          # ... standard exclusions omitted for brevity
      """;
  private static final String EXCLUSIONS =
      """
          - {quantizer_name: '*lm_head*', enable: false}
          - {quantizer_name: '*', parent_class: nn.Embedding, enable: false}
      """;
  private static final String IMPORTED =
      """
      imports:
        base_disable_all: configs/ptq/base_disable_all
        default_disabled: configs/ptq/default_disabled_quantizers
        fp8: configs/numerics/fp8

      metadata:
        recipe_type: ptq
        description: FP8 per-tensor weight and activation (W8A8), FP8 KV cache, max calibration.

      quantize:
        algorithm: max
        quant_cfg:
          - $import: base_disable_all
          - quantizer_name: '*input_quantizer'
            cfg:
              $import: fp8
          - quantizer_name: '*weight_quantizer'
            cfg:
              $import: fp8
          - quantizer_name: '*[kv]_bmm_quantizer'
            cfg:
              $import: fp8
          - $import: default_disabled
      """;
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

  private static Recipe parse(String text) {
    return Recipes.parse("recipe.yml", text);
  }

  /** Quantizers that are on, by the last two parts of their names, with what they do. */
  private static Map<String, String> quantizers(Recipe recipe) {
    Map<String, String> kinds = new TreeMap<>();
    QuantizerSummary.of(Meaning.tinyLlama(), recipe)
        .enabled()
        .forEach(
            (name, stages) ->
                kinds.put(
                    name.replaceFirst(".*\\.([^.]+\\.[^.]+)$", "$1"),
                    String.join(
                        " then ", stages.stream().map(QuantizerAttributes::toString).toList())));
    return kinds;
  }

  private static Map<String, String> everyLinear(String weight, String input) {
    Map<String, String> kinds = new TreeMap<>();
    for (String module :
        List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")) {
      kinds.put(module + ".weight_quantizer", weight);
      kinds.put(module + ".input_quantizer", input);
    }
    return kinds;
  }

  private static Map<String, String> everyLinearAndCaches(String format) {
    Map<String, String> kinds = everyLinear(format, format);
    kinds.put("self_attn.k_bmm_quantizer", format);
    kinds.put("self_attn.v_bmm_quantizer", format);
    return kinds;
  }

  @Test
  void inlineStyleIsFp8OfWeightsInputsAndCaches() {
    Recipe recipe = parse(INLINE + EXCLUSIONS);

    assertThat(quantizers(recipe)).isEqualTo(everyLinearAndCaches("e4m3"));
    assertThat(recipe.notes()).isEmpty();
  }

  @Test
  void inlineStyleWithoutItsExclusionsReachesHeadAndEmbedding() {
    assertThat(quantizers(parse(INLINE)))
        .containsAllEntriesOf(everyLinearAndCaches("e4m3"))
        .containsEntry("embed_tokens.weight_quantizer", "e4m3")
        .containsEntry("lm_head.weight_quantizer", "e4m3");
  }

  @Test
  void bothStylesMeanTheSame() {
    Recipe imported = parse(IMPORTED);

    assertThat(quantizers(imported)).isEqualTo(everyLinearAndCaches("e4m3"));
    assertThat(Meaning.of(IMPORTED)).isEqualTo(Meaning.of(INLINE + EXCLUSIONS));
    assertThat(imported.notes())
        .hasSize(2)
        .allMatch(note -> note.contains(" is called configs/ptq/units/"));
  }

  @Test
  void bothStylesMeanTheSameOfWhatRunsWithoutData() {
    String rules =
        """
        imports:
          base: configs/ptq/base_disable_all
          off: configs/ptq/default_disabled_quantizers
          fp8: configs/numerics/fp8
        quantize:
          quant_cfg:
            - $import: base
            - quantizer_name: '*weight_quantizer'
              cfg: {$import: fp8, axis: 0}
            - quantizer_name: '*input_quantizer'
              cfg: {$import: fp8, type: dynamic, block_sizes: {-1: }}
            - $import: off
        """;
    String same =
        """
        quantize:
          algorithm: max
          quant_cfg:
            - {quantizer_name: '*', enable: false}
            - {quantizer_name: '*weight_quantizer', cfg: {num_bits: e4m3, axis: 0}}
            - quantizer_name: '*input_quantizer'
              cfg: {num_bits: e4m3, block_sizes: {-1: null}, type: dynamic}
        """;
    Meaning meaning = Meaning.of(rules);

    assertThat(meaning).isEqualTo(Meaning.of(same + EXCLUSIONS));
    assertThat(meaning.missing()).isEmpty();
    assertThat(meaning.modules()).hasSize(14);
    assertThat(meaning)
        .isEqualTo(
            Meaning.of(
                "modifiers: {QuantizationModifier: {scheme: FP8_DYNAMIC, ignore: lm_head}}"));
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
  @ValueSource(
      strings = {
        "general/ptq/fp8_default-fp8_kv",
        "general/ptq/fp8_default-fp8_kv.yml",
        "general/ptq/fp8_default-kv_fp8",
        "general/ptq/fp8_default-kv_fp8.yaml"
      })
  void builtInRecipeMayBeCalledInAllTheseWays(String name) {
    assertThat(quantizers(Recipes.load(name))).isEqualTo(everyLinearAndCaches("e4m3"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "general/ptq/nvfp4_default-fp8_kv",
        "general/ptq/nvfp4_mlp_only-fp8_kv",
        "general/ptq/nvfp4_experts_only-fp8_kv",
        "general/ptq/nvfp4_omlp_only-fp8_kv",
        "models/Step3.5-Flash/nvfp4-mlp-only",
      })
  void recipesThatWereRenamedAreThereWithANote(String name) {
    assertThat(Recipes.load(name).notes()).anyMatch(note -> note.startsWith(name + " is called "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "configs/numerics/fp8",
        "configs/numerics/nvfp4_dynamic",
        "configs/numerics/nvfp4_static",
        "configs/ptq/base_disable_all",
        "configs/ptq/default_disabled_quantizers",
        "configs/ptq/fp8_kv",
      })
  void snippetsOfTheGuideAreThere(String name) {
    assertThat(Recipes.loadConfig(name)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"e4m3", "E4M3", "E4m3"})
  void floatsMayBeWrittenInAnyCase(String notation) throws IOException {
    write("c.yml", "num_bits: " + notation + "\nscale_bits: e8m0\n");

    assertThat(Recipes.loadConfig(temp.resolve("c").toString()))
        .isEqualTo(Json.object("num_bits", List.of(4, 3), "scale_bits", List.of(8, 0)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "max",
        "mse",
        "smoothquant",
        "awq_lite",
        "awq_full",
        "awq_clip",
        "gptq",
        "null",
        "'max'"
      })
  void algorithmsOfTheGuideAreKnown(String algorithm) {
    assertThat(parse(INLINE.replace("algorithm: max", "algorithm: " + algorithm)).modifiers())
        .hasSize(1);
  }

  @Test
  void algorithmIsMaxUnlessItIsGiven() {
    assertThat(parse(INLINE.replace("algorithm: max\n", "\n")).modifiers())
        .isEqualTo(parse(INLINE).modifiers());
  }
}
