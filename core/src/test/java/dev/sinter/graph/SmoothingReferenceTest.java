/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.testing.GoldenModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The pairs of the graph against the mappings that llm-compressor (main, 2026-08-22) has written
 * down for AWQ and SmoothQuant, resolved in one layer of each golden model: equal, or different for
 * a reason that is stated here.
 */
class SmoothingReferenceTest {
  /** A module, and those that make up for it; expressions that end where names end. */
  private record Mapping(String smooth, List<String> balance) {
    Mapping(String smooth, String... balance) {
      this(smooth, List.of(balance));
    }
  }

  private static final Mapping QKV = new Mapping("input_layernorm", "q_proj", "k_proj", "v_proj");
  private static final Mapping VALUES = new Mapping("v_proj", "o_proj");
  private static final Mapping GATE_UP =
      new Mapping("post_attention_layernorm", "gate_proj", "up_proj");
  private static final Mapping DOWN = new Mapping("up_proj", "down_proj");

  /** What AWQ takes for families that its tables do not know. */
  private static final List<Mapping> DEFAULT = List.of(QKV, VALUES, GATE_UP, DOWN);

  private static final List<Mapping> EXPERTS =
      List.of(
          QKV,
          VALUES,
          new Mapping(
              "post_attention_layernorm",
              "mlp.gate",
              "mlp.experts.*.gate_proj",
              "mlp.experts.*.up_proj"),
          DOWN);
  private static final List<Mapping> GEMMA =
      List.of(QKV, VALUES, new Mapping("pre_feedforward_layernorm", "gate_proj", "up_proj"), DOWN);
  private static final List<Mapping> PHI =
      List.of(
          new Mapping("input_layernorm", "qkv_proj"),
          new Mapping("qkv_proj", "o_proj"),
          new Mapping("post_attention_layernorm", "gate_up_proj"),
          new Mapping("gate_up_proj", "down_proj"));
  private static final List<Mapping> DEEPSEEK =
      List.of(
          new Mapping("input_layernorm", "(q|q_a)_proj", "kv_a_proj_with_mqa"),
          new Mapping("q_a_layernorm", "q_b_proj"),
          new Mapping("kv_a_layernorm", "kv_b_proj"),
          new Mapping("post_attention_layernorm", "mlp.gate", "gate_proj", "up_proj"),
          DOWN);
  private static final List<Mapping> POST_NORM = List.of(VALUES, DOWN);

  /** SmoothQuant's, for most. */
  private static final List<Mapping> NORMS = List.of(QKV, GATE_UP);

  private static final List<Mapping> ATTENTION_NORM = List.of(QKV);
  private static final List<Mapping> PHI_NORMS = List.of(PHI.get(0), PHI.get(2));
  private static final List<Mapping> LATENT_NORM =
      List.of(new Mapping("input_layernorm", "q_proj", "kv_a_proj_with_mqa"));

  /** A golden model's layer with the reference's mappings. */
  private record Family(
      String model,
      int layer,
      List<Mapping> awq,
      List<Mapping> smoothQuant,
      List<Difference> differences) {
    @Override
    public String toString() {
      return model + " layer " + layer;
    }

    Set<String> stated(Side side) {
      return differences.stream()
          .filter(difference -> difference.side == side)
          .map(Difference::pair)
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** Who alone has a pair. */
  private enum Side {
    OURS,
    AWQS,
    SMOOTH_QUANTS
  }

  /** A pair that one side alone has, and why. */
  private record Difference(Side side, String why, String pair) {}

  private static Family family(
      String model,
      int layer,
      List<Mapping> awq,
      List<Mapping> smoothQuant,
      Difference... differences) {
    return new Family(model, layer, awq, smoothQuant, List.of(differences));
  }

  private static final Difference BEHIND_ATTENTION =
      new Difference(
          Side.SMOOTH_QUANTS,
          "This norm stands behind attention and feeds a sum: scaling it changes the model",
          "post_attention_layernorm: mlp.gate_proj, mlp.up_proj");

  private static final String SHARED =
      "The shared expert and its gate read the same norm: left out, nothing makes up for theirs";

  private static final String NO_TABLE =
      "There is no table for the family, and the default one has names that it lacks";

  private static final String CLAMPED = "The up that is scaled is clamped, and has one added";

  private static final String ROUTED =
      "The router reads the same norm: left out, tokens go to other experts";

  private static final String EXPERT_INPUTS =
      "post_attention_layernorm: mlp.experts.*.gate_proj, mlp.experts.*.up_proj";

  private static final Difference VALUES_OF_LATENTS =
      new Difference(
          Side.OURS,
          "A part of this module's rows is the values, and no head shares them",
          "self_attn.kv_b_proj: self_attn.o_proj");

  private static final Difference LATENT_QUERIES =
      new Difference(
          Side.SMOOTH_QUANTS,
          "Where queries have a latent, it reads the same norm",
          "input_layernorm: self_attn.kv_a_proj_with_mqa");

  static List<Family> families() {
    return List.of(
        family("llama-fp32", 0, DEFAULT, NORMS),
        family("mistral-fp32", 1, DEFAULT, NORMS),
        family("qwen2-fp32", 0, DEFAULT, NORMS),
        family("qwen3-fp32", 2, DEFAULT, NORMS),
        family("granite-fp32", 0, DEFAULT, NORMS),
        family("phi3-fp32", 0, PHI, PHI_NORMS),
        family("gemma2-fp32", 0, GEMMA, NORMS, BEHIND_ATTENTION),
        family("gemma3-fp32", 5, GEMMA, NORMS, BEHIND_ATTENTION),
        family("olmo2-fp32", 0, POST_NORM, NORMS, BEHIND_ATTENTION),
        family("qwen3_moe-fp32", 0, EXPERTS, ATTENTION_NORM),
        family(
            "qwen2_moe-fp32",
            0,
            EXPERTS,
            ATTENTION_NORM,
            new Difference(
                Side.OURS,
                SHARED,
                EXPERT_INPUTS
                    + ", mlp.gate, mlp.shared_expert.gate_proj, mlp.shared_expert.up_proj, mlp.shared_expert_gate"),
            new Difference(Side.AWQS, SHARED, EXPERT_INPUTS + ", mlp.gate")),
        family(
            "mixtral-fp32",
            0,
            DEFAULT,
            ATTENTION_NORM,
            new Difference(
                Side.OURS,
                NO_TABLE,
                "block_sparse_moe.experts.*.w3: block_sparse_moe.experts.*.w2"),
            new Difference(
                Side.OURS,
                NO_TABLE,
                "post_attention_layernorm: block_sparse_moe.experts.*.w1, block_sparse_moe.experts.*.w3, block_sparse_moe.gate")),
        family(
            "gpt_oss-fp32",
            0,
            DEFAULT,
            NORMS,
            new Difference(Side.OURS, ROUTED, EXPERT_INPUTS + ", mlp.router"),
            new Difference(Side.AWQS, ROUTED, EXPERT_INPUTS),
            new Difference(Side.SMOOTH_QUANTS, ROUTED, EXPERT_INPUTS),
            new Difference(Side.AWQS, CLAMPED, "mlp.experts.*.up_proj: mlp.experts.*.down_proj")),
        family("deepseek_v2-fp32", 0, DEEPSEEK, LATENT_NORM, VALUES_OF_LATENTS, LATENT_QUERIES),
        family("deepseek_v3-fp32", 2, DEEPSEEK, LATENT_NORM, VALUES_OF_LATENTS, LATENT_QUERIES),
        family(
            "opt-fp32",
            0,
            DEFAULT,
            NORMS,
            new Difference(
                Side.OURS,
                NO_TABLE,
                "self_attn_layer_norm: self_attn.k_proj, self_attn.q_proj, self_attn.v_proj"),
            new Difference(Side.OURS, NO_TABLE, "self_attn.v_proj: self_attn.out_proj"),
            new Difference(Side.OURS, NO_TABLE, "final_layer_norm: fc1"),
            new Difference(Side.OURS, NO_TABLE, "fc1: fc2")),
        family(
            "gpt2-fp32",
            0,
            DEFAULT,
            NORMS,
            new Difference(Side.OURS, NO_TABLE, "ln_1: attn.c_attn"),
            new Difference(Side.OURS, NO_TABLE, "attn.c_attn: attn.c_proj"),
            new Difference(Side.OURS, NO_TABLE, "ln_2: mlp.c_fc")));
  }

  @ParameterizedTest
  @MethodSource("families")
  void pairsAreThoseOfTheReferenceButForWhatIsStated(Family family) {
    Graph graph = GoldenModel.named(family.model).graph();
    Set<String> ours = new TreeSet<>();
    for (SmoothingPair pair : SmoothingPairs.of(graph).pairs()) {
      if (isIn(family.layer, pair.producer())) {
        List<String> balance = new ArrayList<>(pair.linears());
        balance.addAll(pair.routers());
        ours.add(text(pair.producer(), balance));
      }
    }
    Set<String> awqs = resolved(graph, family.awq, family.layer);

    assertThat(ours).as("some").isNotEmpty();
    assertThat(without(ours, awqs)).as("ours alone").isEqualTo(family.stated(Side.OURS));
    assertThat(without(awqs, ours)).as("AWQ's alone").isEqualTo(family.stated(Side.AWQS));
    assertThat(without(resolved(graph, family.smoothQuant, family.layer), ours))
        .as("SmoothQuant's alone")
        .isEqualTo(family.stated(Side.SMOOTH_QUANTS));
  }

  private static Set<String> without(Set<String> some, Set<String> others) {
    Set<String> left = new TreeSet<>(some);
    left.removeAll(others);
    return left;
  }

  private static boolean isIn(int layer, String name) {
    return name.matches(".*\\b(layers|h)\\." + layer + "\\..*");
  }

  /** Mappings by names: what stands nearest to the module that is smoothed, within the layer. */
  private static Set<String> resolved(Graph graph, List<Mapping> mappings, int layer) {
    List<String> names =
        graph.modules().stream().map(ModuleInfo::name).filter(name -> isIn(layer, name)).toList();
    Set<String> found = new TreeSet<>();
    for (Mapping mapping : mappings) {
      for (String smooth : matching(names, mapping.smooth)) {
        Map<Integer, List<String>> byNearness = new TreeMap<>();
        for (String balance : mapping.balance) {
          for (String name : matching(names, balance)) {
            byNearness.computeIfAbsent(-shared(smooth, name), key -> new ArrayList<>()).add(name);
          }
        }
        byNearness.values().stream()
            .findFirst()
            .filter(balance -> fits(graph, smooth, balance))
            .ifPresent(balance -> found.add(text(smooth, balance)));
      }
    }
    return found;
  }

  private static List<String> matching(List<String> names, String expression) {
    Pattern pattern = Pattern.compile(".*\\b" + expression + "$");
    return names.stream().filter(name -> pattern.matcher(name).matches()).toList();
  }

  /** How many parts of their names two modules share. */
  private static int shared(String a, String b) {
    String[] left = a.split("\\.", -1);
    String[] right = b.split("\\.", -1);
    int i = 0;
    while (i < left.length && i < right.length && left[i].equals(right[i])) {
      i++;
    }
    return i;
  }

  /** The reference passes over values that heads share, by the shapes. */
  private static boolean fits(Graph graph, String smooth, List<String> balance) {
    long rows = dimension(graph, smooth, 0);
    return (!smooth.endsWith(".v_proj") || rows == dimension(graph, balance.get(0), 1))
        && (!smooth.endsWith(".qkv_proj") || rows == 3 * dimension(graph, balance.get(0), 1));
  }

  private static long dimension(Graph graph, String module, int index) {
    return graph.parameters().stream()
        .filter(parameter -> parameter.name().equals(module + ".weight"))
        .findFirst()
        .orElseThrow()
        .shape()
        .dimension(index);
  }

  /** Names within the layer, all experts under one. */
  private static String text(String smooth, List<String> balance) {
    Set<String> names = new TreeSet<>();
    balance.forEach(name -> names.add(within(name)));
    return within(smooth) + ": " + String.join(", ", names);
  }

  private static String within(String name) {
    return name.replaceFirst("^.*?\\b(layers|h)\\.\\d+\\.", "")
        .replaceFirst("experts\\.\\d+", "experts.*");
  }
}
