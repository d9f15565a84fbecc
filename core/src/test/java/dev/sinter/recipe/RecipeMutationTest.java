/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sinter.modifier.ListedTargets;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.SchemeGroup;
import dev.sinter.problem.Place;
import dev.sinter.problem.RequestException;
import dev.sinter.quantization.QuantizationScheme;
import dev.sinter.quantizer.QuantizerRule;
import dev.sinter.quantizer.QuantizerRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Recipes of all forms with faults of all kinds: each is read, or says what is wrong and where. */
class RecipeMutationTest {
  private static final int RUNS = 10_000;
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private static final Pattern PLACE =
      Pattern.compile(
          "(r\\.yaml|configs/[\\w./-]+):(\\d+):(\\d+): [^\n]+\n    [^\n]*\n    ( *)\\^.*");

  private static final Pattern WORD = Pattern.compile("'[^']*'|\"[^\"]*\"|[^\\s:,\\[\\]{}]+");

  /** What is wrong with the whole stands nowhere in it. */
  private static final List<String> OF_THE_WHOLE =
      List.of("the recipe is empty", "the recipe names no modifier", "lists and maps are nested");

  private static final List<String> SEEDS =
      List.of(
          """
          version: 1.0.0
          metadata: {domain: nlp, tags: [a, b]}
          args: {damp: 0.01, half: eval(damp / 2), size: 128}
          quant_stage:
            run_type: oneshot
            args: {size: 64}
            quant_modifiers:
              SmoothQuantModifier:
                smoothing_strength: eval(0.5 + half)
                mappings: [[["re:.*q_proj", "re:.*k_proj"], "re:.*input_layernorm"]]
              GPTQModifier:
                targets: [Linear, "re:.*_proj$"]
                ignore: &skip ["lm_head"]
                scheme: W4A16
                block_size: eval(size)
                dampening_frac: 1.0e-2
                actorder: static
              QuantizationModifier: {targets: lm_head, scheme: 'W8A8_DYNAMIC', ignore: *skip}
          prune_stage:
            run_type: train
            prune_modifiers:
            - WANDA: {sparsity: 0.5, mask_structure: '2:4', start: 0, end: 1}
            - ConstantPruningModifier: {targets: [Linear]}
          """,
          """
          modifiers:
          - QuantizationModifier:
              ignore: [lm_head, 're:.*gate$']
              kv_cache_scheme: {num_bits: 8, type: float, strategy: tensor, dynamic: false}
              config_groups:
                mlp:
                  targets: ['re:.*mlp.*']
                  weights: {num_bits: 4, type: int, symmetric: false, group_size: 32, observer: mse}
                rest:
                  targets: [Linear]
                  weights:
                    num_bits: 8
                    type: float
                    strategy: block
                    block_structure: [128, 128]
                  input_activations: {num_bits: 8, type: float, strategy: token, dynamic: true}
                W8A8: ['re:.*router']
          dataset: {dataset: calib.jsonl, num_calibration_samples: 512, max_seq_length: 2048}
          """,
          """
          metadata:
            recipe_type: ptq
            description: by hand
          quantize:
            algorithm:
              method: gptq
              perc_damp: 0.05
              layerwise: {enable: true}
            quant_cfg:
            - quantizer_name: '*'
              enable: false
            - quantizer_name: '*weight_quantizer'
              parent_class: nn.Linear
              cfg:
                num_bits: e2m1
                block_sizes: {-1: 16, type: static, scale_bits: e4m3}
            - quantizer_name: '*input_quantizer'
              cfg: {num_bits: 8, axis: null, type: dynamic}
            - {quantizer_name: '*[kv]_bmm_quantizer', cfg: {num_bits: e4m3, use_constant_amax: true}}
            - quantizer_name: '*o_proj*weight_quantizer'
              cfg:
              - {num_bits: 4, block_sizes: {-1: 128}}
              - {num_bits: e4m3}
          """,
          """
          imports:
            base_disable_all: configs/ptq/units/base_disable_all
            nvfp4: configs/numerics/nvfp4
            fp8: configs/numerics/fp8
            default_disabled_quantizers: configs/ptq/units/default_disabled_quantizers
          metadata: {recipe_type: ptq}
          quantize:
            algorithm: [smoothquant, awq_lite]
            quant_cfg:
              - $import: base_disable_all
              - quantizer_name: '*weight_quantizer'
                cfg: {$import: nvfp4}
              - quantizer_name: '*input_quantizer'
                cfg:
                  $import: [nvfp4, fp8]
                  block_sizes: {-1: 32, type: dynamic, scale_bits: e8m0}
              - $import: default_disabled_quantizers
          """,
          """
          quantize:
            quant_cfg:
              '*weight_quantizer': {num_bits: 8, axis: 0}
              '*input_quantizer': [{num_bits: 8}, {num_bits: [4, 3]}]
              nn.Embedding:
                '*': {enable: false}
              '*lm_head*': {enable: false}
              default: {enable: false}
            algorithm: null
          """,
          """
          imports: {kv: configs/ptq/units/kv_fp8}
          ---
          metadata: {recipe_type: ptq}
          quant_stage:
            quantize:
              quant_cfg:
              - {quantizer_name: '*', enable: false}
              - $import: kv
              algorithm: {method: awq_clip, shrink_step: 0.05}
          prune_stage:
            modifiers: {SparseGPT: {sparsity: [0.5, 0.25], targets: [a, b], block_size: 128}}
          """,
          """
          imports:
            layers: configs/auto_quantize/units/base_disabled_layers
            nvfp4: configs/ptq/presets/model/nvfp4
            fp8: configs/ptq/presets/model/fp8
          metadata: {recipe_type: auto_quantize}
          auto_quantize:
            constraints: {effective_bits: 5.4, cost_model: active_moe, cost: {active_moe_expert_ratio: 0.1}}
            candidate_formats:
              - $import: nvfp4
              - $import: fp8
            module_search_spaces:
            - {module_name_patterns: ['*mlp*'], candidate_formats: [{$import: fp8}], allow_no_quant: true}
            auto_quantize_method: gradient
            score_size: 128
            disabled_layers:
              - $import: layers
          """,
          """
          {"stages": {"first": {"group": "a", "enabled": true, "quantization_modifiers":
            {"QuantizationModifier": {"scheme": {"NVFP4": ["Linear"]}, "observer":
              {"weights": "memoryless_mse", "input": "static_minmax"}}}}}}
          """);

  private static final List<String> PIECES =
      List.of(
          "\t",
          "\n",
          "  ",
          ": ",
          "- ",
          "[",
          "]",
          "{",
          "}",
          "&a ",
          "*a",
          "*skip",
          "!!python/tuple ",
          "!!binary ",
          "!!set ",
          "!!int ",
          "!!bool ",
          "!!null ",
          "!!float ",
          "<<: ",
          "<<: *skip\n",
          "%YAML 9.9\n---\n",
          "%TAG ! !x\n",
          "---\n",
          "...\n",
          "|\n",
          ">-\n",
          "\"",
          "'",
          "\\",
          "\"\\U00110000\"",
          "\"\\ud800\"",
          "\u0000",
          "\uD800",
          "\uFEFF",
          "\u2028",
          "? ",
          ",",
          "#",
          "@",
          "`",
          "re:(",
          "eval(",
          ")",
          "$import: ",
          "imports: ");

  /** What stands where something of another kind should. */
  private static final List<String> VALUES =
      List.of(
          "null",
          "~",
          "true",
          "off",
          "0",
          "-1",
          "3",
          "0.5",
          "1e-3",
          "1e999",
          ".inf",
          ".nan",
          "010",
          "0x1F",
          "1_000",
          "99999999999999999999",
          "12:30:45",
          "2020-01-01",
          "=",
          "''",
          "'*'",
          "''''",
          "[]",
          "{}",
          "[[]]",
          "[a, b]",
          "[1, 2]",
          "{a: b}",
          "{a: }",
          "[{}]",
          "[null]",
          "{1: 2}",
          "eval(size)",
          "eval(1 / 0)",
          "eval([1, 'a'])",
          "eval(damp * 2)",
          "eval(x",
          "'eval(e) $ e'",
          "$import",
          "{$import: fp8}",
          "{$import: [fp8, nope]}",
          "{$import: }",
          "fp8",
          "nvfp4",
          "e4m3",
          "e8m0",
          "e5m2",
          "W4A16",
          "NVFP4",
          "re:(",
          "'re:.*'",
          "gptq",
          "max",
          "lsq",
          "tensor_group",
          "group",
          "local",
          "torch.uint8",
          "dynamic",
          "static",
          "imatrix_mse",
          "float",
          "\u00e9\u20ac",
          "!!str 3",
          "!mine x",
          "*skip",
          "|2",
          "nn.Linear",
          "configs/numerics/mxfp8",
          "../up",
          "r.yaml");

  private final Random random = new Random(20240601);

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private String mutated(String seed) {
    String text = seed;
    int most = random.nextBoolean() ? 1 : 4;
    for (int edits = 1 + random.nextInt(most); edits > 0; edits--) {
      text = random.nextInt(3) == 0 ? byCharacters(text) : byStructure(text);
    }
    return text;
  }

  private String byCharacters(String seed) {
    StringBuilder text = new StringBuilder(seed.isEmpty() ? " " : seed);
    int at = random.nextInt(text.length());
    int end = Math.min(text.length(), at + 1 + random.nextInt(12));
    switch (random.nextInt(4)) {
      case 0 -> text.delete(at, end);
      case 1 -> text.insert(at, text.substring(at, end));
      case 2 -> text.setCharAt(at, (char) (random.nextInt(10) == 0 ? random.nextInt(0x300) : ' '));
      default -> text.insert(at, any(PIECES));
    }
    return text.toString();
  }

  private String byStructure(String text) {
    List<String> lines = new ArrayList<>(text.lines().toList());
    if (lines.isEmpty()) {
      return any(VALUES);
    }
    int at = random.nextInt(lines.size());
    int other = random.nextInt(lines.size());
    String line = lines.get(at);
    switch (random.nextInt(8)) {
      case 0 -> lines.remove(at);
      case 1 -> lines.add(at, line);
      case 2 -> lines.set(at, lines.set(other, line));
      case 3 -> indent(lines, at, 1 + random.nextInt(4));
      case 4 -> lines.add(at, lines.remove(other));
      case 5 -> lines.set(at, replaced(line, word(lines.get(other))));
      default -> lines.set(at, replaced(line, any(VALUES)));
    }
    return String.join("\n", lines) + "\n";
  }

  /** Moves a line and some behind it to the right or the left. */
  private void indent(List<String> lines, int from, int by) {
    boolean right = random.nextBoolean();
    int count = random.nextInt(3) == 0 ? 1 + random.nextInt(6) : 1;
    for (int i = from; i < Math.min(lines.size(), from + count); i++) {
      String line = lines.get(i);
      int spaces = line.length() - line.stripLeading().length();
      lines.set(i, right ? " ".repeat(by) + line : line.substring(Math.min(by, spaces)));
    }
  }

  private String word(String line) {
    List<String> words = WORD.matcher(line).results().map(MatchResult::group).toList();
    return words.isEmpty() ? any(VALUES) : any(words);
  }

  /** The line with a value in the place of a word; keys are mostly left. */
  private String replaced(String line, String value) {
    List<int[]> words = new ArrayList<>();
    Matcher word = WORD.matcher(line);
    while (word.find()) {
      boolean key = word.end() < line.length() && line.charAt(word.end()) == ':';
      if (!key || random.nextInt(5) == 0) {
        words.add(new int[] {word.start(), word.end()});
      }
    }
    if (words.isEmpty()) {
      return line + " " + value;
    }
    int[] chosen = any(words);
    return line.substring(0, chosen[0]) + value + line.substring(chosen[1]);
  }

  @Test
  void anyTextIsARecipeOrProblemsInTheirPlaces() {
    List<String> seeds = new ArrayList<>(SEEDS);
    SEEDS.forEach(seed -> seeds.add(RecipeWriter.write(Recipes.parse("r.yaml", seed))));
    int loaded = 0;
    for (int run = 0; run < RUNS; run++) {
      String text = mutated(seeds.get(run % seeds.size()));
      try {
        loaded += check(text) ? 1 : 0;
      } catch (RuntimeException | StackOverflowError | AssertionError e) {
        fail("run " + run + ":\n" + text, e);
      }
    }
    assertThat(loaded).isBetween(RUNS / 10, RUNS / 2);
  }

  /** Whether the text is a recipe. */
  private static boolean check(String text) {
    long start = System.nanoTime();
    Optional<Recipe> recipe = Optional.empty();
    try {
      recipe = Optional.of(Recipes.parse("r.yaml", text));
    } catch (RequestException e) {
      assertThat(e.problems()).isNotEmpty().doesNotHaveDuplicates();
      e.problems().forEach(problem -> checkPlace(problem, text));
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONGEST);
    recipe.ifPresent(RecipeMutationTest::checkRecipe);
    return recipe.isPresent();
  }

  private static void checkPlace(String problem, String text) {
    if (OF_THE_WHOLE.stream().anyMatch(whole -> problem.startsWith("r.yaml: " + whole))) {
      return;
    }
    Matcher place = Pattern.compile(PLACE.pattern(), Pattern.DOTALL).matcher(problem);
    assertThat(place.matches()).as(problem).isTrue();
    if (place.group(1).equals("r.yaml")) {
      long lines = text.split("\r\n|[\n\r\u0085\u2028\u2029]", -1).length;
      assertThat(Long.parseLong(place.group(2))).as(problem).isBetween(1L, lines);
      assertThat(place.group(4).length()).as(problem).isLessThan(Integer.parseInt(place.group(3)));
    }
  }

  private static void checkRecipe(Recipe recipe) {
    if (recipe.modifiers().isEmpty()) {
      assertThat(recipe.notes()).isNotEmpty();
      return;
    }
    String written = RecipeWriter.write(recipe);
    List<?> again =
        Recipes.parse("w.yaml", written).modifiers().stream().map(m -> what(m)).toList();
    assertThat(again)
        .as(written)
        .isEqualTo(recipe.modifiers().stream().map(modifier -> what(modifier)).toList());
  }

  /** All that a method is, but for where it stands and what its groups are called. */
  private static List<?> what(Modifier modifier) {
    return List.of(
        modifier.name(),
        modifier.settings(),
        modifier.missing(),
        modifier.needsCalibration(),
        modifier.solver(),
        targets(modifier));
  }

  private static Object targets(Modifier modifier) {
    if (modifier.targets() instanceof QuantizerRules rules) {
      return rules.rules().stream()
          .map(
              rule ->
                  new QuantizerRule(
                      rule.pattern(),
                      rule.parentClass(),
                      rule.cfg(),
                      rule.enable(),
                      Place.of("anywhere")))
          .toList();
    }
    if (modifier.targets() instanceof ListedTargets listed) {
      return new ListedTargets(
          listed.groups().stream().map(RecipeMutationTest::unnamed).toList(),
          listed.attention(),
          listed.ignore(),
          listed.kvCache());
    }
    return "in the settings";
  }

  /** Groups are numbered when they are written. */
  private static SchemeGroup unnamed(SchemeGroup group) {
    QuantizationScheme scheme = group.scheme();
    return group.withScheme(
        new QuantizationScheme("", scheme.weights(), scheme.inputs(), scheme.outputs()));
  }
}
