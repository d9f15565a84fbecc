/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileInfo;
import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.ModuleRule;
import dev.sinter.json.Json;
import dev.sinter.problem.Problems;
import dev.sinter.problem.RequestException;
import dev.sinter.quantization.CompressionFormat;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgsReader;
import dev.sinter.quantization.QuantizationScheme;
import dev.sinter.quantization.QuantizationScheme.Activations;
import dev.sinter.quantization.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a checkpoint says of how its weights are stored. */
final class StoredSchemes {
  /** Where it may say so: Transformers' key, vLLM's older one, and that of the language model. */
  private static final List<String> KEYS = List.of("quantization_config", "compression_config");

  private static final String TEXT = "text_config";
  static final String COMPRESSED_TENSORS = "compressed-tensors";
  private static final String MODELOPT = "modelopt";

  /** The file by which ModelOpt says so, in older exports alone. */
  private static final String MODELOPT_FILE = "hf_quant_config.json";

  /** What the format of the whole is called where groups have several. */
  private static final String MIXED = "mixed-precision";

  private static final List<String> READ = List.of(COMPRESSED_TENSORS, "fp8", MODELOPT, "mxfp4");

  /** Blocks are said to be of at most so many rows or columns. */
  private static final int MOST_OF_A_BLOCK = 1 << 16;

  private static final Strategy.Block USUAL_BLOCK = new Strategy.Block(128, 128);

  /** One group of compressed-tensors: what it means, and how that is stored. */
  record Group(List<String> targets, QuantizationArgs weights, CompressionFormat format) {}

  private final String method;
  private final List<Group> groups;
  private final List<ModuleRule> rules;
  private final Strategy.Block blocks;

  private StoredSchemes(String method, List<Group> groups, Strategy.Block blocks) {
    this.method = method;
    this.groups = groups;
    this.rules =
        groups.stream()
            .flatMap(group -> group.targets().stream())
            .distinct()
            .map(ModuleRule::new)
            .toList();
    this.blocks = blocks;
  }

  static StoredSchemes of(Checkpoint checkpoint, Problems problems) {
    Optional<Json.Obj> given = config(checkpoint.config());
    if (given.isEmpty()) {
      boolean modelOpt =
          checkpoint.otherFiles().stream().map(FileInfo::name).anyMatch(MODELOPT_FILE::equals);
      return new StoredSchemes(modelOpt ? MODELOPT : "", List.of(), USUAL_BLOCK);
    }
    String method = text(given.get(), "quant_method").orElse("");
    if (!READ.contains(method)) {
      problems.add(
          "config.json: weights of quant_method \""
              + method
              + "\" are not read here; read are "
              + String.join(", ", READ)
              + ". Give the dense model");
      return new StoredSchemes("", List.of(), USUAL_BLOCK);
    }
    List<Group> groups =
        method.equals(COMPRESSED_TENSORS) ? groups(given.get(), problems) : List.of();
    return new StoredSchemes(method, groups, blocks(given.get(), problems));
  }

  /** What config.json says of codes, wherever it does. */
  static Optional<Json.Obj> config(Json.Obj config) {
    for (String key : KEYS) {
      if (config.member(key).orElse(null) instanceof Json.Obj found) {
        return Optional.of(found);
      }
    }
    return config.member(TEXT).orElse(null) instanceof Json.Obj text
        ? config(text)
        : Optional.empty();
  }

  /** A config without a word of codes. */
  static Json.Obj withoutCodes(Json.Obj config) {
    Json.Obj plain = config;
    for (String key : KEYS) {
      plain = plain.without(key);
    }
    return plain.member(TEXT).orElse(null) instanceof Json.Obj text
        ? plain.with(TEXT, withoutCodes(text))
        : plain;
  }

  private static Strategy.Block blocks(Json.Obj config, Problems problems) {
    Optional<Json> stated = config.member("weight_block_size");
    if (stated.isEmpty()) {
      return USUAL_BLOCK;
    }
    if (stated.get() instanceof Json.Arr sizes
        && sizes.items().size() == 2
        && sizes.items().stream().allMatch(StoredSchemes::isBlockSize)) {
      return new Strategy.Block(
          (int) ((Json.Num) sizes.items().get(0)).asLong(),
          (int) ((Json.Num) sizes.items().get(1)).asLong());
    }
    problems.add(
        "config.json: weight_block_size must be two sizes from 1 to "
            + MOST_OF_A_BLOCK
            + ", such as [128, 128]");
    return USUAL_BLOCK;
  }

  private static boolean isBlockSize(Json value) {
    return value instanceof Json.Num size
        && size.isInteger()
        && size.text().length() <= 9
        && size.asLong() > 0
        && size.asLong() <= MOST_OF_A_BLOCK;
  }

  private static List<Group> groups(Json.Obj config, Problems problems) {
    refuseSparse(config, problems);
    refuseTransforms(config, problems);
    List<Group> groups = new ArrayList<>();
    Optional<Json> named = config.member("config_groups");
    if (named.isPresent() && !(named.get() instanceof Json.Obj)) {
      problems.add("config.json: quantization_config.config_groups must be groups by name");
    }
    if (named.orElse(null) instanceof Json.Obj members) {
      members
          .members()
          .forEach(
              (name, value) -> {
                if (value instanceof Json.Obj group) {
                  group(name, group, config, problems).ifPresent(groups::add);
                }
              });
    }
    return groups;
  }

  private static void refuseSparse(Json.Obj config, Problems problems) {
    if (config.member("sparsity_config").orElse(null) instanceof Json.Obj sparsity) {
      text(sparsity, "format")
          .filter(format -> !format.equals("dense"))
          .ifPresent(
              format ->
                  problems.add(
                      "config.json: weights of the sparse format "
                          + format
                          + " are not read by this version"));
    }
  }

  /** Without its rotations at run time, a model that was rotated is another. */
  private static void refuseTransforms(Json.Obj config, Problems problems) {
    if (config.member("transform_config").orElse(null) instanceof Json.Obj transforms
        && transforms.member("config_groups").orElse(null) instanceof Json.Obj groups
        && !groups.members().isEmpty()) {
      problems.add(
          "config.json: the model's transform_config rotates inputs at run time, which is not read"
              + " by this version");
    }
  }

  private static Optional<Group> group(
      String name, Json.Obj group, Json.Obj config, Problems problems) {
    if (!(group.member("weights").orElse(null) instanceof Json.Obj weights)) {
      return Optional.empty();
    }
    String where = "config.json: quantization_config.config_groups." + name + ": ";
    Optional<QuantizationArgs> args =
        QuantizationArgsReader.stored(
            weights, (setting, text) -> problems.add(where + "weights: " + text));
    List<String> targets = targets(group, where, problems);
    Optional<String> stated =
        text(group, "format")
            .or(() -> text(config, "format").filter(format -> !format.equals(MIXED)));
    if (stated.isPresent() && CompressionFormat.named(stated.get()).isEmpty()) {
      problems.add(where + "weights of the format " + stated.get() + " are not read here");
    }
    return args.map(
        found -> {
          Activations inputs =
              group.member("input_activations").isPresent()
                  ? new Activations.Quantized(found)
                  : new Activations.Full();
          CompressionFormat inferred =
              CompressionFormat.of(new QuantizationScheme(name, found, inputs));
          CompressionFormat format = stated.flatMap(CompressionFormat::named).orElse(inferred);
          if (format != CompressionFormat.DENSE && !format.holds(found)) {
            problems.add(
                where
                    + "the format "
                    + format.jsonName()
                    + " does not hold such weights; "
                    + inferred.jsonName()
                    + " does");
          }
          return new Group(targets, found, format);
        });
  }

  private static List<String> targets(Json.Obj group, String where, Problems problems) {
    return rules(group, "targets", where, problems).stream().map(ModuleRule::text).toList();
  }

  /** The rules of a list of names, classes and expressions; none where there is no such list. */
  static List<ModuleRule> rules(Json.Obj group, String name, String where, Problems problems) {
    List<ModuleRule> rules = new ArrayList<>();
    if (group.member(name).orElse(null) instanceof Json.Arr listed) {
      for (Json item : listed.items()) {
        if (item instanceof Json.Str target) {
          try {
            rules.add(new ModuleRule(target.value()));
          } catch (RequestException e) {
            problems.add(where + name + ": " + e.getMessage());
          }
        }
      }
    }
    return List.copyOf(rules);
  }

  private static Optional<String> text(Json.Obj object, String name) {
    return object
        .member(name)
        .filter(Json.Str.class::isInstance)
        .map(value -> ((Json.Str) value).value());
  }

  /** The name of the method that wrote the codes; empty if nothing is said of codes. */
  String method() {
    return method;
  }

  /** The blocks that share a scale where the config states them. */
  Strategy.Block blocks() {
    return blocks;
  }

  /** The group that means a module most closely. */
  Optional<Group> group(ModuleInfo module) {
    return module
        .closest(rules)
        .flatMap(
            target ->
                groups.stream().filter(group -> group.targets().contains(target)).findFirst());
  }
}
