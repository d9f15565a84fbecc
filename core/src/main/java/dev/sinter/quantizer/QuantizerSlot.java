/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.weight.ModuleClasses;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in a model where a quantizer sits.
 *
 * @param module the module that it belongs to
 * @param parentClass that module's class, as ModelOpt calls it
 * @param kind what the module has in common with those of other layers and experts
 */
record QuantizerSlot(ModuleInfo module, Role role, String parentClass, String kind) {
  private static final String LAYERS = "layers.";

  /** What a quantizer stands before or behind. */
  enum Role {
    INPUT("input_quantizer"),
    WEIGHT("weight_quantizer"),
    OUTPUT("output_quantizer"),
    QUERIES("q_bmm_quantizer"),
    KEYS("k_bmm_quantizer"),
    VALUES("v_bmm_quantizer"),
    SCORES("p_bmm_quantizer");

    private final String suffix;

    Role(String suffix) {
      this.suffix = suffix;
    }
  }

  private static final List<Role> OF_MODULES = List.of(Role.INPUT, Role.WEIGHT, Role.OUTPUT);
  private static final List<Role> OF_ATTENTION =
      List.of(Role.QUERIES, Role.KEYS, Role.VALUES, Role.SCORES);

  private static final Set<String> ATTENTION =
      Set.of("self_attn", "self_attention", "attn", "attention");

  /** The projections of attention whose parent has caches. */
  private static final Set<String> PROJECTIONS =
      Set.of("k_proj", "qkv_proj", "kv_b_proj", "c_attn", "query_key_value", "Wqkv", "wk");

  private static final Pattern NUMBER = Pattern.compile("\\.\\d+(?=\\.)");

  private static final Pattern EXPERT = Pattern.compile("(.*\\.experts)\\.(\\d{1,6})\\.([^.]+)");

  String name() {
    return module.name() + "." + role.suffix;
  }

  /** Its name where experts are one tensor; its own if it has no other there. */
  String fusedName() {
    List<String> names = names(module.name(), role);
    return switch (role) {
      case INPUT -> names.get(Math.min(1, names.size() - 1));
      case WEIGHT -> names.get(Math.min(2, names.size() - 1));
      default -> name();
    };
  }

  /** Its name with that left open which sets its module apart from the language model. */
  String unnamed() {
    String aside = ModuleClasses.aside(module.name());
    String open = aside.startsWith(LAYERS) ? LAYERS + "@" : "@";
    return ("." + name()).replace("." + aside + ".", "." + open + ".").substring(1);
  }

  /** Whether a pattern means it. */
  boolean isMeant(Fnmatch pattern) {
    return pattern.matches(name())
        || (shared(module.name(), role).stream().noneMatch(pattern::matches)
            && names(module.name(), role).stream().anyMatch(pattern::matches));
  }

  /** Every place of a model, in the order of its modules. */
  static List<QuantizerSlot> of(List<ModuleInfo> modules) {
    List<QuantizerSlot> slots = new ArrayList<>();
    Set<String> attention = new LinkedHashSet<>();
    for (ModuleInfo module : modules) {
      String type = parentClass(module);
      if (type.isEmpty()) {
        continue;
      }
      String kind = module.reach() + " " + NUMBER.matcher(module.name()).replaceAll(".0");
      for (Role role : OF_MODULES) {
        slots.add(new QuantizerSlot(module, role, type, kind));
      }
      int dot = module.name().lastIndexOf('.');
      String parent = dot < 0 ? "" : module.name().substring(0, dot);
      boolean attends =
          PROJECTIONS.contains(module.name().substring(dot + 1))
              && ATTENTION.contains(parent.substring(parent.lastIndexOf('.') + 1));
      if (attends && attention.add(parent)) {
        ModuleInfo block = new ModuleInfo(parent, "Attention", module.reach());
        for (Role role : OF_ATTENTION) {
          slots.add(new QuantizerSlot(block, role, "Attention", kind));
        }
      }
    }
    return slots;
  }

  /** Classes that have quantizers; a router has none. */
  private static String parentClass(ModuleInfo module) {
    return switch (module.className()) {
      case ModuleInfo.LINEAR, ModuleInfo.CONV1D -> "nn.Linear";
      case ModuleInfo.EMBEDDING -> "nn.Embedding";
      default -> "";
    };
  }

  /** The matrix beside it that has the same fused name: a pattern that means that one means it. */
  private static List<String> shared(String module, Role role) {
    String last = module.substring(module.lastIndexOf('.') + 1);
    Optional<String> other =
        switch (last) {
          case "gate_proj" -> Optional.of("up_proj");
          case "up_proj" -> Optional.of("gate_proj");
          case "w1" -> Optional.of("w3");
          case "w3" -> Optional.of("w1");
          default -> Optional.empty();
        };
    String stem = module.substring(0, module.length() - last.length());
    return other.map(name -> stem + name + "." + role.suffix).stream().toList();
  }

  /**
   * Where experts are one tensor, gate and up share a quantizer, all experts one of inputs, and a
   * weight's has the expert's number, which rules may leave out.
   */
  private static List<String> names(String module, Role role) {
    String own = module + "." + role.suffix;
    Matcher expert = EXPERT.matcher(module);
    if (!expert.matches() || role == Role.OUTPUT) {
      return List.of(own);
    }
    String fused =
        switch (expert.group(3)) {
          case "gate_proj", "up_proj", "gate_up_proj", "w1", "w3" -> "gate_up_proj";
          case "down_proj", "w2" -> "down_proj";
          default -> "";
        };
    if (fused.isEmpty()) {
      return List.of(own);
    }
    List<String> names = new ArrayList<>(List.of(own));
    // Transformers 5 calls the blocks of Mixtral mlp, too.
    for (String block :
        new LinkedHashSet<>(
            List.of(expert.group(1), expert.group(1).replace(".block_sparse_moe.", ".mlp.")))) {
      String stem = block + "." + fused + "_" + role.suffix;
      names.add(stem);
      if (role == Role.WEIGHT) {
        names.add(stem + "s." + expert.group(2));
      }
    }
    return names;
  }
}
