/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.recipe.Recipes;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the flags of oneshot say about recipes and data. */
class RecipeFlagsTest {
  private static final String DATA = TestData.demoData().resolve("calibration.jsonl").toString();
  private static final String GPTQ =
      "modifiers: {GPTQModifier: {scheme: W4A16, ignore: [lm_head], block_size: eval(size)}}";

  @TempDir private Path temp;

  private SinterRun oneshot(String... more) {
    List<String> args = new ArrayList<>(List.of("oneshot"));
    args.addAll(List.of("--model", TestData.tinyLlamaBf16().toString()));
    args.addAll(List.of("--output-dir", temp.resolve("out").toString()));
    args.addAll(List.of("--master", "local[1]"));
    args.addAll(Arrays.asList(more));
    return SinterRun.of(args.toArray(String[]::new));
  }

  private Json.Obj recipe() {
    Json.Obj manifest = TestData.json(temp.resolve("out/sinter.json"));
    return (Json.Obj) manifest.members().get("recipe");
  }

  @Test
  void theManifestHasTheRecipeAsItWasResolved() {
    SinterRun run =
        oneshot(
            "--recipe",
            GPTQ,
            "--recipe_args",
            "size=32",
            "--set",
            "modifiers.GPTQModifier.dampening_frac=0.5",
            "--dataset",
            DATA,
            "--num-calibration-samples",
            "4");

    assertThat(run.code()).describedAs(run.err()).isZero();
    assertThat(recipe())
        .isEqualTo(
            Json.object(
                "default_stage",
                Json.object(
                    "default_modifiers",
                    Json.object(
                        "GPTQModifier",
                        Json.object(
                            "targets",
                            List.of("Linear"),
                            "ignore",
                            List.of("lm_head"),
                            "scheme",
                            "W4A16",
                            "block_size",
                            32,
                            "dampening_frac",
                            0.5,
                            "actorder",
                            "static")))));
  }

  @Test
  void aFormatOfModelOptIsItsRules() {
    SinterRun run = oneshot("--qformat", "int4_wo", "--ignore", "model.layers.0.mlp.down_proj");

    assertThat(run.code()).describedAs(run.err()).isZero();
    Json.Obj quantize = (Json.Obj) recipe().members().get("quantize");
    List<Json> rules = rules(quantize);
    assertThat(rules.get(rules.size() - 1))
        .isEqualTo(
            Json.object("quantizer_name", "model.layers.0.mlp.down_proj.*", "enable", false));
  }

  static Stream<String> formats() {
    List<String> names = new ArrayList<>();
    new QuantizationFormats().forEach(names::add);
    return names.stream();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void everyFormatHasItsOwnRulesAndThoseOfTheCacheBehind(String format) {
    List<Json> own = rules(Recipes.loadConfig("configs/ptq/presets/model/" + format));
    for (String cache : new QuantizationFormats.OfCaches()) {
      List<Json> expected = new ArrayList<>(own);
      if (!cache.equals("none")) {
        expected.addAll(rules(Recipes.loadConfig("configs/ptq/presets/kv/" + cache)));
      }

      String recipe = QuantizationFormats.recipe(format, Optional.of(cache), List.of());

      Json.Obj read = (Json.Obj) Recipes.loadConfig(recipe);
      assertThat(rules(read.members().get("quantize"))).isEqualTo(expected);
    }
  }

  private static List<Json> rules(Json section) {
    return ((Json.Arr) ((Json.Obj) section).members().get("quant_cfg")).items();
  }

  @ParameterizedTest
  @ValueSource(strings = {"fp8_pc_pt", "nvfp4_w4a16", "MXFP8", "int4_blockwise_weight_only"})
  void aFormatThatNeedsNoDataRuns(String format) {
    SinterRun run = oneshot("--qformat", format);

    assertThat(run.code()).describedAs(run.err()).isZero();
  }

  @Test
  void aFormatWhoseMethodIsMissingSaysTheMethod() {
    SinterRun run = oneshot("--qformat", "nvfp4_svdquant", "--dataset", DATA);

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains(
            "sinter: This version does not have ModelOpt's algorithm svdquant, which the recipe"
                + " asks for\n");
  }

  @Test
  void theCachesFormatIsPutBehind() {
    SinterRun run = oneshot("--qformat", "int4_wo", "--kv_cache_qformat", "fp8_cast");

    assertThat(run.code()).describedAs(run.err()).isZero();
    Json.Obj config = TestData.json(temp.resolve("out/config.json"));
    Json.Obj codes = (Json.Obj) config.members().get("quantization_config");
    // Values are cast: no scales are looked for, and none are written.
    assertThat(((Json.Obj) codes.members().get("kv_cache_scheme")).members())
        .containsEntry("observer", new Json.Null())
        .containsEntry("dynamic", new Json.Bool(false));
  }

  @Test
  void anUnknownFormatIsSaidWithTheNearest() {
    SinterRun run =
        oneshot("--qformat", "int4_awk", "--kv-cache-qformat", "fp9", "--ignore", "re:x{1,2},y");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .startsWith(
            "sinter: --qformat int4_awk is no format that is known here. Did you mean int4_awq?"
                + " There are: fp8, fp8_2d_blockwise_weight_only, ")
        .contains(
            "sinter: --kv-cache-qformat fp9 is no format that is known here. Did you mean fp8?"
                + " There are: fp8, fp8_affine, fp8_cast, nvfp4, nvfp4_affine, nvfp4_cast,"
                + " nvfp4_rotate, none\n")
        .endsWith(
            "sinter: --ignore re:x{1,2}: with --qformat modules are named as ModelOpt names them:"
                + " lm_head, or with * in it, as in *mlp.gate*\n");
  }

  @Test
  void aRecipeGoesBeforeFormatsAndSaysSo() {
    SinterRun run =
        oneshot(
            "--recipe",
            "oneshot/w8a8",
            "--qformat",
            "fp8",
            "--kv-cache-qformat",
            "fp8",
            "--scheme",
            "W4A16");

    assertThat(run.code()).describedAs(run.err()).isZero();
    assertThat(run.err())
        .startsWith(
            """
            sinter: --recipe says what is done; --scheme W4A16 is not looked at
            sinter: --recipe says what is done; --qformat fp8 is not looked at
            sinter: --recipe says what is done; --kv-cache-qformat fp8 is not looked at
            """);
  }

  @Test
  void severalRecipesAreDoneInOrderAndAStageAlone() {
    String first =
        "a_stage: {a_modifiers: {QuantizationModifier: {scheme: W8A16, targets: 're:.*q_proj'}}}";
    String second =
        "b_stage: {b_modifiers: {QuantizationModifier: {scheme: W4A16, targets: 're:.*v_proj'}}}";

    assertThat(oneshot("--recipe", first, "--recipe", second).code()).isZero();
    assertThat(recipe().members()).containsOnlyKeys("a_stage", "b_stage");
    assertThat(oneshot("--recipe", first, "--recipe", second, "--stage", "c").err())
        .isEqualTo(
            "sinter: --stage c: there is no such stage. Did you mean a? The stages are: a, b\n");
  }

  @Test
  void argsMayBeSeveralAndMustBePairs() {
    SinterRun run =
        oneshot(
            "--recipe", GPTQ, "--recipe-args", "size=32", "sise=1 siez=2", "--stage", "default");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains("sinter: --recipe-args sise: nothing in the recipe evaluates this name.")
        .contains("sinter: --recipe-args siez: nothing in the recipe evaluates this name.");
    assertThat(oneshot("--recipe", GPTQ, "--recipe-args", "size").err())
        .isEqualTo(
            "sinter: --recipe-args size: write a name, = and a value, as in block_size=64\n");
  }

  @Test
  void flagsThatDoNotGoTogetherAreSaid() {
    assertThat(
            oneshot("--scheme", "W8A8", "--qformat", "fp8", "--set", "a=1", "--targets", "a").err())
        .isEqualTo(
            "sinter: --scheme and --qformat both say what to do; give one of them\n"
                + "sinter: --targets goes with --scheme; a format says itself what it touches\n"
                + "sinter: --set, --recipe-args, --stage and --strict-modelopt are about a recipe,"
                + " and --scheme is none\n");
    assertThat(oneshot("--scheme", "W8A8", "--kv-cache-qformat", "fp8").err())
        .isEqualTo(
            "sinter: --kv-cache-qformat goes with --qformat; with --scheme, write a recipe with"
                + " kv_cache_scheme\n");
    assertThat(oneshot("--recipe", "oneshot/w4a16", "--ignore", "a").err())
        .isEqualTo(
            "sinter: --targets and --ignore go with --scheme; a recipe says itself what it touches."
                + " Change the recipe\n");
  }

  @Test
  void aRecipeGivesItsDataAndFlagsGoBefore() throws IOException {
    Path recipe =
        Files.writeString(
            temp.resolve("r.yaml"),
            "dataset: {dataset: "
                + DATA
                + ", num_calibration_samples: 4, shuffle_calibration_samples: true, seed: 1,"
                + " batch_size: 2, max_seq_length: 64}\n"
                + GPTQ.replace("eval(size)", "128"));

    SinterRun run =
        oneshot(
            "--recipe",
            recipe.toString(),
            "--seed",
            "7",
            "--batch-size",
            "2",
            "--no-shuffle-calibration-samples");

    assertThat(run.code()).describedAs(run.err()).isZero();
    assertThat(run.err())
        .startsWith(
            "sinter: the recipe's dataset has shuffle_calibration_samples: true;"
                + " --shuffle-calibration-samples false is taken\n"
                + "sinter: the recipe's dataset has seed: 1; --seed 7 is taken\n")
        .doesNotContain("--batch-size");
    Json.Obj manifest = TestData.json(temp.resolve("out/sinter.json"));
    Json.Obj identity = (Json.Obj) manifest.members().get("identity");
    assertThat(((Json.Obj) identity.members().get("data")).members())
        .containsEntry("count", Json.of(4))
        .containsEntry("max_length", Json.of(64))
        .containsEntry("order", Json.of("FILE"))
        .containsEntry("seed", new Json.Null());
  }
}
