/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.quantization.Presets;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands about recipes: data on stdout, notes and problems on stderr. */
class RecipesCommandTest {
  private static final String GPTQ = "modifiers: {GPTQModifier: {scheme: W4A16}}\n";

  @TempDir private Path temp;

  private static SinterRun recipes(String... args) {
    String[] all = new String[args.length + 1];
    all[0] = "recipes";
    System.arraycopy(args, 0, all, 1, args.length);
    return SinterRun.of(all);
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(temp.resolve(name), text).toString();
  }

  private static SinterRun ok(String out) {
    return new SinterRun(0, out, "");
  }

  private static SinterRun wrong(String err) {
    return new SinterRun(2, "", err);
  }

  @Test
  void listSaysWhatRecipesDoAndWhichRun() {
    SinterRun list = recipes("list");

    assertThat(list.code()).isZero();
    assertThat(list.err())
        .isEqualTo(
            "sinter: + this version runs it, - no output format holds all of it on a usual model\n");
    assertThat(list.out())
        .containsPattern(
            "\\+ oneshot/w4a16-gptq +GPTQ to 4-bit weights in groups of 128, inputs in full: a"
                + " quarter of the size at little loss\\.\n")
        .containsPattern("  oneshot/reap-25 +REAP: a quarter of the experts")
        .doesNotContain("configs/");
    assertThat(recipes("list", "--all").out())
        .containsPattern(
            "  configs/numerics/fp8 +float8 \\(e4m3\\) with one scale for the tensor\\.");
  }

  @Test
  void listForProgramsSaysAllOfThem() {
    Json.Obj list = TestData.json(recipes("list", "--json").out().getBytes(StandardCharsets.UTF_8));

    Json.Arr entries = (Json.Arr) list.members().get("recipes");
    assertThat(entries.items())
        .hasSizeGreaterThan(70)
        .allSatisfy(
            entry ->
                assertThat(((Json.Obj) entry).members())
                    .containsOnlyKeys(
                        "name", "kind", "meaning", "when", "paper", "dialect", "methods", "runs",
                        "missing", "refused"));
  }

  @Test
  void showShowsTheFileAsItIs() {
    SinterRun show = recipes("show", "oneshot/w4a16");

    assertThat(show.code()).isZero();
    assertThat(show.out())
        .startsWith("# 4-bit weights in groups of 128 by rounding to nearest, inputs in full.\n")
        .endsWith("      scheme: W4A16\n");
  }

  @Test
  void showResolvesRecipesAndSnippets() {
    assertThat(recipes("show", "configs/numerics/fp8", "--resolved"))
        .isEqualTo(ok("num_bits: [4, 3]\naxis: null\n"));
    assertThat(recipes("show", "oneshot/w4a16-gptq", "--resolved").out())
        .contains("dampening_frac: 0.01");
  }

  @Test
  void whatIsChangedIsShownResolved() throws IOException {
    String recipe =
        file(
            "r.yaml",
            "args: {size: 64}\nmodifiers: {GPTQModifier: {scheme: W4A16, block_size: eval(size)}}\n");

    assertThat(recipes("show", recipe, "--recipe_args", "size=32").out())
        .contains("block_size: 32");
    assertThat(recipes("show", recipe, "--set", "stages[0].GPTQModifier.dampening_frac=0.5").out())
        .contains("block_size: 64", "dampening_frac: 0.5");
    assertThat(recipes("show", recipe, "--stage", "x"))
        .isEqualTo(wrong("sinter: --stage x: there is no such stage. The stages are: default\n"));
  }

  @Test
  void validateSaysAllThatIsWrongWithAllFiles() throws IOException {
    String good = file("good.yaml", GPTQ);
    String bad = file("bad.yaml", "modifiers: {GPTQModifier: {scheme: W4A61, blocksize: 1}}\n");

    SinterRun validate = recipes("validate", good, bad, "oneshot/wanda-2of4");

    assertThat(validate.code()).isEqualTo(2);
    assertThat(validate.out()).isEqualTo(good + ": ok\noneshot/wanda-2of4: ok\n");
    assertThat(validate.err())
        .isEqualTo(
            "sinter: "
                + bad
                + ":1:36: There is no scheme \"W4A61\". Did you mean W4A16? The"
                + " schemes are: "
                + Presets.names()
                + "\n"
                + "    modifiers: {GPTQModifier: {scheme: W4A61, blocksize: 1}}\n"
                + "                                       ^\n"
                + "sinter: "
                + bad
                + ":1:43: GPTQModifier has no setting \"blocksize\". Did you mean block_size?\n"
                + "    modifiers: {GPTQModifier: {scheme: W4A61, blocksize: 1}}\n"
                + "                                              ^\n"
                + "sinter: note: oneshot/wanda-2of4: this version does not have the method"
                + " WandaPruningModifier, to run it\n");
    assertThat(recipes("validate", good)).isEqualTo(ok(good + ": ok\n"));
  }

  @Test
  void validateHoldsAgainstModelOptWhenAsked() throws IOException {
    String recipe =
        file("r.yaml", "quantize: {quant_cfg: [{quantizer_name: '*', enable: false}]}\n");

    assertThat(recipes("validate", recipe).code()).isZero();
    assertThat(recipes("validate", recipe, "--strict-modelopt"))
        .isEqualTo(
            wrong(
                "sinter: "
                    + recipe
                    + ": a recipe must have metadata: {recipe_type: ptq}; ModelOpt refuses one"
                    + " without\n"));
  }

  @Test
  void diffSaysWhereRecipesDifferAndExitsAsDiffDoes() throws IOException {
    String rules =
        "quantize: {algorithm: max, quant_cfg: [{quantizer_name: '*', enable: false}]}\n";
    String max = file("max.yaml", rules);
    String none = file("none.yaml", rules.replace("max", "null"));

    assertThat(recipes("diff", max, none))
        .isEqualTo(new SinterRun(1, "quantize.algorithm: max -> null\n", ""));
    assertThat(recipes("diff", max, max)).isEqualTo(ok(""));
    assertThat(recipes("diff", "configs/numerics/fp8", "configs/numerics/int8").out())
        .isEqualTo("num_bits: [4,3] -> 8\n");
  }

  @Test
  void mergeWritesARecipeThatLoads() throws IOException {
    String base = file("base.yaml", GPTQ);

    SinterRun merged =
        recipes(
            "merge",
            base,
            "modifiers: {GPTQModifier: {ignore: [lm_head]}}",
            "--set",
            "stages[0].GPTQModifier.block_size=64");

    assertThat(merged)
        .isEqualTo(
            ok(
                """
                default_stage:
                  default_modifiers:
                    GPTQModifier:
                      scheme: W4A16
                      ignore: [lm_head]
                      block_size: 64
                """));
    assertThat(recipes("validate", file("merged.yaml", merged.out())).code()).isZero();
  }

  @Test
  void mergeNeedsTwo() {
    assertThat(recipes("merge", "oneshot/w4a16").code()).isEqualTo(2);
  }

  @Test
  void schemaIsJson() {
    SinterRun schema = recipes("schema");

    assertThat(schema.code()).isZero();
    assertThat(TestData.json(schema.out().getBytes(StandardCharsets.UTF_8)).members())
        .containsEntry("$schema", Json.of("https://json-schema.org/draft/2020-12/schema"))
        .containsKeys("properties", "$defs");
  }

  @Test
  void anUnknownRecipeIsSaidWithTheNearest() {
    assertThat(recipes("show", "oneshot/w4a16-gtpq"))
        .isEqualTo(
            wrong(
                "sinter: --recipe oneshot/w4a16-gtpq: there is no such file, and no built-in recipe"
                    + " of that name. Did you mean oneshot/w4a16-gptq? sinter recipes list shows"
                    + " what is built in\n"));
  }

  @Test
  void aMissingCommandIsAnError() {
    assertThat(recipes().code()).isEqualTo(2);
    assertThat(recipes("lits").err()).contains("there is no argument lits. Did you mean list?");
  }
}
