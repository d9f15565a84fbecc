/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person reads whose recipe is several files, or comes with flags. */
class RecipeFileErrorsTest {
  private static final String ATTRIBUTES =
      "# modelopt-schema: modelopt.torch.quantization.config.QuantizerAttributeConfig\n";
  private static final String USES =
      """
      imports:
        mine: numbers
      quantize:
        quant_cfg:
        - quantizer_name: '*weight_quantizer'
          cfg: {$import: mine}
        - quantizer_name: '*input_quantizer'
          cfg: {$import: mine}
      """;
  private static final String GPTQ =
      """
      args: {strength: 0.8, size: 128}
      smooth_stage:
        smooth_modifiers: {SmoothQuantModifier: {smoothing_strength: eval(strength)}}
      quant_stage:
        quant_modifiers: {GPTQModifier: {scheme: W4A16, block_size: eval(size)}}
      """;

  @TempDir Path folder;

  private String write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    return file.toString();
  }

  /** All that is said, with the folder's name left out. */
  private String message(RecipeRequest request) {
    RequestException refused =
        catchThrowableOfType(RequestException.class, () -> Recipes.load(request));
    assertThat(refused).as("a refusal").isNotNull();
    return refused.getMessage().replace(folder + "/", "").replace(folder.toString(), "FOLDER");
  }

  private String message(String recipe) {
    return message(RecipeRequest.of(recipe));
  }

  private RecipeRequest set(String recipe, String... overrides) {
    return new RecipeRequest(
        List.of(recipe), Map.of(), Optional.empty(), List.of(overrides), Dialect.ANY);
  }

  private RecipeRequest args(String recipe, Map<String, String> args) {
    return new RecipeRequest(List.of(recipe), args, Optional.empty(), List.of(), Dialect.ANY);
  }

  @Test
  void faultInASnippetIsToldOnceWithTheWayToIt() throws IOException {
    write("numbers.yaml", ATTRIBUTES + "num_bits: fp8\n");

    assertThat(message(write("r.yaml", USES)))
        .isEqualTo(
            """
            numbers.yaml:2:11: num_bits must be bits such as 8, or a float such as e4m3, not "fp8". FP8 is e4m3
                num_bits: fp8
                          ^
                imported as "mine" at r.yaml:2:3
                used at r.yaml:6:11""");
  }

  @Test
  void faultInASnippetOfASnippetIsToldWithAllOfTheWay() throws IOException {
    write("numbers.yaml", ATTRIBUTES + "imports: {deep: deeper}\n$import: deep\n");
    write("deeper.yaml", ATTRIBUTES + "num_bits: e4m3\nblock_size: 16\n");

    assertThat(message(write("r.yaml", USES)))
        .isEqualTo(
            """
            deeper.yaml:3:1: a quantizer has no setting "block_size". Write block_sizes: {-1: 16}
                block_size: 16
                ^
                imported as "deep" at numbers.yaml:2:11
                imported as "mine" at r.yaml:2:3
                used at numbers.yaml:3:1
                used at r.yaml:6:11""");
  }

  @Test
  void snippetThatIsNoYamlIsToldWithTheWayToIt() throws IOException {
    write("numbers.yaml", ATTRIBUTES + "imports: {deep: deeper}\n$import: deep\n");
    write("deeper.yaml", "num_bits: *e4m3\n");

    assertThat(message(write("r.yaml", USES)))
        .isEqualTo(
            """
            deeper.yaml:1:11: not YAML: a text that begins with * needs quotes: '*e4m3'. Without, it refers to &e4m3, which does not stand before it
                num_bits: *e4m3
                          ^
                imported as "deep" at numbers.yaml:2:11
                imported as "mine" at r.yaml:2:3""");
  }

  @Test
  void snippetsOfASnippetAreItsOwn() throws IOException {
    write("numbers.yaml", ATTRIBUTES + "$import: mine\n");

    assertThat(message(write("r.yaml", USES)))
        .isEqualTo(
            """
            numbers.yaml:2:10: $import "mine": this file declares no imports. Write imports: {mine: PATH} at its top
                $import: mine
                         ^
                imported as "mine" at r.yaml:2:3""");
  }

  @Test
  void circleIsTold() throws IOException {
    write("numbers.yaml", ATTRIBUTES + "imports: {back: r}\n$import: back\n");

    assertThat(message(write("r.yaml", USES)))
        .isEqualTo(
            """
            numbers.yaml:2:17: these files import each other in a circle: r.yaml > numbers.yaml > r.yaml. Take one of the imports out
                imports: {back: r}
                                ^
                imported as "mine" at r.yaml:2:3""");
  }

  @Test
  void missingSnippetIsToldWhereItWasLookedFor() throws IOException {
    assertThat(message(write("r.yaml", USES)))
        .isEqualTo(
            """
            r.yaml:2:9: there is no snippet numbers: neither built in nor a file below FOLDER or the working folder.
                  mine: numbers
                        ^""");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "modelopt.torch.quantization.config.QuantizerAttributesConfig |"
            + " there is no schema \"modelopt.torch.quantization.config.QuantizerAttributesConfig\"."
            + " Did you mean modelopt.torch.quantization.config.QuantizerAttributeConfig?",
        "modelopt.torch.quantization.config.QuantizerCfgListConfig |"
            + " this file says that it holds a list"
            + " (modelopt.torch.quantization.config.QuantizerCfgListConfig), and it is a map",
      })
  void wrongSchemaIsTold(String schema, String problem) throws IOException {
    write("numbers.yaml", "# modelopt-schema: " + schema + "\nnum_bits: 8\n");

    assertThat(message(write("r.yaml", USES)))
        .isEqualTo(
            "numbers.yaml:1:1: "
                + problem
                + "\n    # modelopt-schema: "
                + schema
                + "\n    ^\n    imported as \"mine\" at r.yaml:2:3");
  }

  @Test
  void schemaThatStandsTwiceIsTold() throws IOException {
    write("numbers.yaml", ATTRIBUTES + ATTRIBUTES + "num_bits: 8\n");

    assertThat(message(write("r.yaml", USES)))
        .startsWith("numbers.yaml:2:1: modelopt-schema stands twice; keep one\n");
  }

  @Test
  void linkOutOfTheFolderIsTold(@TempDir Path elsewhere) throws IOException {
    Path secret = Files.writeString(elsewhere.resolve("secret.yaml"), "num_bits: 8\n");
    Files.createSymbolicLink(folder.resolve("numbers.yaml"), secret);

    assertThat(message(write("r.yaml", USES)))
        .startsWith(
            "r.yaml:2:9: numbers.yaml is a link that leads out of its folder, to "
                + elsewhere.toRealPath().resolve("secret.yaml"));
  }

  @Test
  void folderWithoutItsSectionIsTold() throws IOException {
    write("mine/metadata.yml", "recipe_type: ptq\n");

    assertThat(message(folder.resolve("mine").toString()))
        .isEqualTo(
            "mine/metadata.yml: a recipe in a folder has quantize.yml beside it, with quant_cfg and"
                + " algorithm");
  }

  @Test
  void faultInAFileOfAFolderIsToldInThatFile() throws IOException {
    write(
        "mine/recipe.yml", "metadata: {recipe_type: ptq}\nimports: {fp8: configs/numerics/fp8}\n");
    write("mine/quantize.yml", "quant_cfg:\n- quantizer_name: '*'\n  cfg: {$import: fp9}\n");

    assertThat(message(folder.resolve("mine").toString()))
        .isEqualTo(
            """
            mine/quantize.yml:3:18: there is no import "fp9". Did you mean fp8? This file imports: fp8
                  cfg: {$import: fp9}
                                 ^""");
  }

  @Test
  void markdownWithoutARecipeIsTold() throws IOException {
    assertThat(message(write("r.md", "# A recipe\n")))
        .isEqualTo(
            "r.md: a recipe in Markdown stands at the file's start, between two lines of ---");
    assertThat(message(write("r.md", "\n---\nmodifiers: {}\n")))
        .isEqualTo(
            """
            r.md:2:1: the recipe that begins here has no end: a second line of ---
                ---
                ^""");
  }

  @Test
  void faultInMarkdownIsToldAtItsLine() throws IOException {
    assertThat(message(write("r.md", "---\nmodifiers: {GPTQ: {scheme: FAKE}}\n---\n# Why\n")))
        .startsWith("r.md:2:28: There is no scheme \"FAKE\".");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "general/ptq/fp8_defualt-kv_fp8 | Did you mean general/ptq/fp8_default-kv_fp8?",
        "oneshot/w4a61 | Did you mean oneshot/w4a16?",
      })
  void unknownRecipeIsToldTheNearest(String name, String hint) {
    assertThat(message(args(name, Map.of("size", "64"))))
        .isEqualTo(
            "--recipe "
                + name
                + ": there is no such file, and no built-in recipe of that name. "
                + hint
                + " sinter recipes list shows what is built in");
  }

  @Test
  void argumentThatNothingEvaluatesIsTold() throws IOException {
    assertThat(message(args(write("r.yaml", GPTQ), Map.of("sise", "64"))))
        .isEqualTo(
            "--recipe-args sise: nothing in the recipe evaluates this name. Did you mean size? Its"
                + " args are: strength, size");
    assertThat(message(args("oneshot/w4a16", Map.of("size", "64"))))
        .isEqualTo(
            "--recipe-args size: nothing in the recipe evaluates this name. The recipe has no args");
  }

  @Test
  void argumentThatIsNoYamlIsTold() throws IOException {
    assertThat(message(args(write("r.yaml", GPTQ), Map.of("size", "[64"))))
        .isEqualTo(
            """
            --recipe-args size=[64:1:1: not YAML: the [ that opens here is not closed
                [64
                ^""");
  }

  @Test
  void argumentOfAnotherKindIsToldWhereItIsUsed() throws IOException {
    assertThat(message(args(write("r.yaml", GPTQ), Map.of("size", "many"))))
        .isEqualTo(
            """
            r.yaml:5:63: block_size must be a positive whole number up to 2147483647, not "many"
                  quant_modifiers: {GPTQModifier: {scheme: W4A16, block_size: eval(size)}}
                                                                              ^""");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "block_size | --set block_size: write a path, = and a value, as in --set"
            + " quantize.algorithm.perc_damp=0.05",
        "a..b=1 | --set a..b=1: a path is made of keys with dots between them and [N] for an item"
            + " of a list, as in stages[0].GPTQModifier.block_size",
        "quant_stag.GPTQModifier.block_size=64 | --set quant_stag.GPTQModifier.block_size=64: the"
            + " recipe has no \"quant_stag\". Did you mean quant_stage? It has: args, smooth_stage,"
            + " quant_stage",
        "quant_stage.GPTQModifer.block_size=64 | --set quant_stage.GPTQModifer.block_size=64:"
            + " quant_stage has no \"GPTQModifer\". Did you mean GPTQModifier? It has: quant_modifiers,"
            + " GPTQModifier",
        "stages[2].GPTQModifier.block_size=64 | --set stages[2].GPTQModifier.block_size=64: the"
            + " recipe has 2 stages, counted from 0",
        "args[0]=1 | --set args[0]=1: args is a map, not a list",
        "args.size.x=1 | --set args.size.x=1: args.size is 128 and has no keys",
        "stages[1].GPTQModifier.block_size=big | --set stages[1].GPTQModifier.block_size=big:"
            + " block_size must be a positive whole number up to 2147483647, not \"big\"",
        "stages[1].GPTQModifier.blocksize=64 | --set stages[1].GPTQModifier.blocksize=64:"
            + " GPTQModifier has no setting \"blocksize\". Did you mean block_size?",
      })
  void wrongOverrideIsTold(String override, String problem) throws IOException {
    assertThat(message(set(write("r.yaml", GPTQ), override))).isEqualTo(problem);
  }

  @Test
  void overrideThatIsNoYamlIsTold() throws IOException {
    assertThat(message(set(write("r.yaml", GPTQ), "args.size={a")))
        .isEqualTo(
            """
            --set args.size={a:1:1: not YAML: the { that opens here is not closed
                {a
                ^""");
  }

  @Test
  void overrideOfSeveralRecipesIsTold() throws IOException {
    String recipe = write("r.yaml", GPTQ);
    RecipeRequest request =
        new RecipeRequest(
            List.of(recipe, "oneshot/w8a8"),
            Map.of(),
            Optional.empty(),
            List.of("args.size=64"),
            Dialect.ANY);

    assertThat(message(request))
        .isEqualTo(
            "--set changes one recipe, and several are given. Merge them first: sinter recipes merge");
  }

  @Test
  void unknownStageIsTold() throws IOException {
    RecipeRequest request =
        new RecipeRequest(
            List.of(write("r.yaml", GPTQ)),
            Map.of(),
            Optional.of("quants_stage"),
            List.of(),
            Dialect.ANY);

    assertThat(message(request))
        .isEqualTo(
            "--stage quants_stage: there is no such stage. Did you mean quant? The stages are:"
                + " smooth, quant");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "quantize: {quant_cfg: [{quantizer_name: '*', enable: false}]}",
        "imports: {fp8: configs/numerics/fp8}\n---\nmetadata: {recipe_type: ptq}\n"
            + "quantize: {quant_cfg: [{quantizer_name: '*', enable: false}]}",
        "metadata: {recipe_type: ptq, author: me}\n"
            + "quantize: {quant_cfg: [{quantizer_name: '*', enable: false}]}",
        "metadata: {recipe_type: ptq}\nmodifiers: {GPTQModifier: {scheme: W4A16}}\n"
            + "quantize: {quant_cfg: [{quantizer_name: '*', enable: false}]}",
      })
  void whatModelOptOfTodayRefusesIsToldToWhoAsks(String text) throws IOException {
    String recipe = write("r.yaml", text);
    RecipeRequest strict =
        new RecipeRequest(
            List.of(recipe), Map.of(), Optional.empty(), List.of(), Dialect.STRICT_MODELOPT);

    assertThat(message(strict)).startsWith("r.yaml:").contains("ModelOpt");
    assertThat(Recipes.load(recipe).stages()).isNotEmpty();
  }
}
