/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.json.Json;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImportsTest {
  private static final String RULES =
      "# modelopt-schema: modelopt.torch.quantization.config.QuantizerCfgListConfig\n";

  @TempDir private Path temp;

  private Path write(String name, String text) throws IOException {
    Path file = temp.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private Json load(String name) {
    return Recipes.loadConfig(temp.resolve(name).toString());
  }

  /** What is wrong with a file, whatever it is for. */
  private static List<String> problems(Path file) {
    RequestException refused =
        catchThrowableOfType(RequestException.class, () -> Recipes.loadConfig(file.toString()));
    assertThat(refused).as("a refusal").isNotNull();
    return refused.problems();
  }

  private static List<String> problems(RecipeRequest request) {
    RequestException refused =
        catchThrowableOfType(RequestException.class, () -> Recipes.load(request));
    assertThat(refused).as("a refusal").isNotNull();
    return refused.problems();
  }

  @Test
  void inAListAListIsSplicedAndAMapIsOneItem() throws IOException {
    write("list.yml", "- {a: 1}\n- {a: 2}\n");
    write("map.yml", "a: 3\nb: 3\n");
    write("empty.yml", "[]\n");
    write(
        "r.yml",
        """
        imports: {list: list, map: map, empty: empty}
        of:
        - first
        - $import: list
        - $import: map
        - $import: empty
        - {$import: map, b: 4}
        - $import: [map, list]
        - {$import: [map, map], c: {$import: map}}
        """);

    assertThat(((Json.Obj) load("r")).members())
        .containsEntry(
            "of",
            Json.of(
                List.of(
                    "first",
                    Map.of("a", 1),
                    Map.of("a", 2),
                    Json.object("a", 3, "b", 3),
                    Json.object("a", 3, "b", 4),
                    Json.object("a", 3, "b", 3),
                    Map.of("a", 1),
                    Map.of("a", 2),
                    Json.object("a", 3, "b", 3, "c", Json.object("a", 3, "b", 3)))));
  }

  @Test
  void mapsAreUpdatedKeyByKeyAndNotDeeper() throws IOException {
    write("base.yml", "num_bits: e2m1\nblock_sizes: {-1: 16, type: dynamic, scale_bits: e4m3}\n");
    write("late.yml", "block_sizes: {-1: 32}\nextra: 1\n");
    write(
        "r.yml",
        """
        imports: {base: base, late: late}
        later: {$import: [base, late]}
        inline: {num_bits: 4, $import: [base, late], block_sizes: {type: static}}
        """);

    assertThat(load("r"))
        .isEqualTo(
            Json.object(
                "later",
                Json.object(
                    "num_bits", List.of(2, 1), "block_sizes", Json.object("-1", 32), "extra", 1),
                "inline",
                Json.object(
                    "num_bits", 4, "block_sizes", Json.object("type", "static"), "extra", 1)));
  }

  @Test
  void eachFileHasItsOwnNames() throws IOException {
    write("parts/inner.yml", "value: inner\n");
    write("parts/outer.yml", "imports: {same: inner}\nown: {$import: same}\n");
    write("other.yml", "value: other\n");
    write(
        "r.yml",
        """
        imports: {same: other, outer: parts/outer}
        a: {$import: same}
        b: {$import: outer}
        """);

    assertThat(load("r"))
        .isEqualTo(
            Json.object(
                "a",
                Json.object("value", "other"),
                "b",
                Json.object("own", Json.object("value", "inner"))));
  }

  @Test
  void namesOfAnImportedFileAreNotThoseOfTheImportingOne() throws IOException {
    write("inner.yml", "value: 1\n");
    write("outer.yml", "imports: {hidden: inner}\na: {$import: hidden}\n");
    Path recipe = write("r.yml", "imports: {outer: outer}\nb: {$import: [outer, hidden]}\n");

    assertThat(problems(recipe))
        .singleElement()
        .asString()
        .contains("r.yml:2:")
        .contains("\"hidden\"")
        .contains("outer");
  }

  @Test
  void filesThatImportEachOtherAreTold() throws IOException {
    write("b.yml", "imports: {c: sub/c}\nx: {$import: c}\n");
    write("sub/c.yml", "imports: {a: a}\ny: {$import: a}\n");
    Files.createSymbolicLink(temp.resolve("sub/a.yml"), write("a.yml", "imports: {b: b}\n"));
    Path inside = temp.resolve("sub/linked.yml");
    Files.createSymbolicLink(inside, temp.resolve("sub/c.yml"));
    write("sub/c.yml", "imports: {again: linked}\ny: {$import: again}\n");
    Path recipe = write("r.yml", "imports: {b: b}\nz: {$import: b}\n");

    assertThat(problems(recipe))
        .singleElement()
        .asString()
        .contains("in a circle")
        .contains("c.yml")
        .contains(recipe + " > " + temp.resolve("b.yml") + " > ")
        .contains("imported as \"c\" at ");
  }

  @Test
  void fileThatImportsItselfIsTold() throws IOException {
    assertThat(problems(write("r.yml", "imports: {me: r}\na: {$import: me}\n")))
        .singleElement()
        .asString()
        .contains("in a circle");
  }

  @Test
  void linkThatLeadsOutOfTheFolderIsRefused() throws IOException {
    Path outside = write("outside/secret.yml", "value: 1\n");
    Path recipe = write("recipes/r.yml", "imports: {link: link}\na: {$import: link}\n");
    Files.createSymbolicLink(temp.resolve("recipes/link.yml"), outside);

    assertThat(problems(recipe)).singleElement().asString().contains("leads out of");
  }

  @Test
  void problemInASnippetSaysWhereAndThroughWhat() throws IOException {
    write("deep.yml", "num_bits: e9m9\n");
    write("unit.yml", "imports:\n  d: deep\n---\n- quantizer_name: '*'\n  cfg: {$import: d}\n");
    Path recipe =
        write("r.yml", "imports:\n  unit: unit\nquantize:\n  quant_cfg:\n  - $import: unit\n");

    assertThat(problems(RecipeRequest.of(recipe.toString())))
        .singleElement()
        .asString()
        .contains("deep.yml:1:11: ")
        .contains("imported as \"d\" at ")
        .contains("unit.yml:2:")
        .contains("used at " + recipe + ":5:5");
  }

  @Test
  void whatIsBuiltInGoesBeforeAFileOfItsName() throws IOException {
    write("configs/numerics/fp8.yml", "num_bits: 3\n");
    write("r.yml", "imports: {fp8: configs/numerics/fp8}\na: {$import: fp8}\n");

    assertThat(load("r")).isEqualTo(Json.object("a", Recipes.loadConfig("configs/numerics/fp8")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sub/part", "sub/part.yaml", "./sub/part"})
  void pathsAreSeenFromTheImportingFile(String path) throws IOException {
    write("sub/part.yaml", "imports: {beside: beside}\n$import: beside\n");
    write("sub/beside.yml", "value: 1\n");
    write("r.yml", "imports: {part: " + path + "}\na: {$import: part}\n");

    assertThat(load("r")).isEqualTo(Json.object("a", Json.object("value", 1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "../up", "sub/../../up", "file:///etc/passwd"})
  void pathsThatLeadElsewhereAreRefused(String path) throws IOException {
    write("up.yml", "value: 1\n");
    Path recipe = write("sub/r.yml", "imports: {part: '" + path + "'}\na: {$import: part}\n");

    assertThat(problems(recipe)).singleElement().asString().contains("leads elsewhere");
  }

  @Test
  void importThatNothingUsesIsToldAndLoadedAllTheSame() throws IOException {
    Path file =
        write(
            "r.yml",
            """
            imports: {fp8: configs/numerics/fp8}
            modifiers: {QuantizationModifier: {scheme: W4A16}}
            """);
    assertThat(Recipes.load(file.toString()).notes())
        .singleElement()
        .asString()
        .contains("r.yml:1:")
        .contains("fp8");

    write("r.yml", "imports: {fp8: configs/numerics/fp9}\nmodifiers: {}\n");
    assertThat(problems(file)).anyMatch(problem -> problem.contains("configs/numerics/fp8"));
  }

  @Test
  void importsThatMultiplyAreStopped() throws IOException {
    for (int level = 0; level < 18; level++) {
      StringBuilder file = new StringBuilder("imports: {");
      StringBuilder uses = new StringBuilder();
      for (int i = 0; i < 8; i++) {
        file.append("a").append(i).append(": l").append(level + 1).append(", ");
        uses.append("k").append(i).append(": {$import: a").append(i).append("}\n");
      }
      write("l" + level + ".yml", file.append("}\n").append(uses).toString());
    }
    write("l18.yml", "x: 1\n");

    assertThat(problems(temp.resolve("l0.yml")))
        .anyMatch(problem -> problem.endsWith("this recipe imports more than 500 times"));
  }

  @Test
  void nameInBothDocumentsIsTold() throws IOException {
    Path file = write("r.yml", "imports: {}\na: 1\n---\na: 2\n");

    assertThat(problems(file))
        .containsExactly(
            file + ":4:1: \"a\" stands in both documents of this file; keep one\n    a: 2\n    ^");
  }

  @Test
  void snippetOfTwoMapsIsBothTogether() throws IOException {
    write("two.yml", "imports: {four: four}\na: 1\n---\nb: {$import: four}\n");
    write("four.yml", "num_bits: 4\n");
    write("r.yml", "imports: {two: two}\nx: {$import: two}\n");

    assertThat(load("r"))
        .isEqualTo(Json.object("x", Json.object("a", 1, "b", Json.object("num_bits", 4))));
  }

  @Test
  void wholeRecipeMayStandInAFolderWithItsImports() throws IOException {
    write(
        "folder/recipe.yml",
        """
        imports: {base: configs/ptq/units/base_disable_all, fp8: configs/numerics/fp8}
        metadata: {recipe_type: ptq}
        quantize:
          quant_cfg:
          - $import: base
          - {quantizer_name: '*weight_quantizer', cfg: {$import: fp8}}
        """);

    assertThat(Recipes.load(temp.resolve("folder").toString()).modifiers()).hasSize(1);
  }

  @Test
  void schemaThatAFileClaimsIsHeldAgainstIt() throws IOException {
    write("part.yml", RULES + "num_bits: 8\n");
    Path recipe = write("r.yml", "imports: {part: part}\na: {$import: part}\n");

    assertThat(problems(recipe))
        .anyMatch(problem -> problem.contains("part.yml:1:") && problem.contains("a list"));
  }
}
