/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.weight;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.json.Json;
import dev.sinter.problem.Problems;
import dev.sinter.problem.RequestException;
import dev.sinter.quantization.CompressionFormat;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgsReader;
import dev.sinter.quantization.QuantizationScheme;
import dev.sinter.quantization.QuantizationScheme.Inputs;
import dev.sinter.quantization.Strategy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What config.json says of how the weights of a checkpoint are stored. */
final class StoredSchemes {
  private static final String CONFIG = "quantization_config";

  /** What the format of the whole is called where groups have several. */
  private static final String MIXED = "mixed-precision";

  private static final List<String> READ =
      List.of("compressed-tensors", "fp8", "modelopt", "mxfp4");

  /** One group of compressed-tensors: what it means, and how that is stored. */
  record Group(List<String> targets, QuantizationArgs weights, CompressionFormat format) {

    /** How closely the group means a module: by name, by expression, by class, or not at all. */
    private int rank(ModuleInfo module) {
      return targets.stream()
          .filter(module::matches)
          .mapToInt(target -> target.equals(module.name()) ? 0 : target.startsWith("re:") ? 1 : 2)
          .min()
          .orElse(Integer.MAX_VALUE);
    }
  }

  private final String method;
  private final List<Group> groups;
  private final Strategy.Block blocks;

  private StoredSchemes(String method, List<Group> groups, Strategy.Block blocks) {
    this.method = method;
    this.groups = groups;
    this.blocks = blocks;
  }

  static StoredSchemes of(Json.Obj config) {
    Optional<Json.Obj> given =
        config.member(CONFIG).filter(Json.Obj.class::isInstance).map(Json.Obj.class::cast);
    if (given.isEmpty()) {
      return new StoredSchemes("", List.of(), new Strategy.Block(128, 128));
    }
    String method = text(given.get(), "quant_method").orElse("");
    if (!READ.contains(method)) {
      throw new RequestException(
          "config.json: weights of quant_method \""
              + method
              + "\" are not read here; read are "
              + String.join(", ", READ)
              + ". Give the dense model");
    }
    Problems problems = new Problems();
    List<Group> groups =
        method.equals("compressed-tensors") ? groups(given.get(), problems) : List.of();
    problems.throwIfAny();
    return new StoredSchemes(method, groups, blocks(given.get()));
  }

  private static Strategy.Block blocks(Json.Obj config) {
    if (config.member("weight_block_size").orElse(null) instanceof Json.Arr sizes
        && sizes.items().size() == 2
        && sizes.items().get(0) instanceof Json.Num rows
        && sizes.items().get(1) instanceof Json.Num columns) {
      return new Strategy.Block((int) rows.asLong(), (int) columns.asLong());
    }
    return new Strategy.Block(128, 128);
  }

  private static List<Group> groups(Json.Obj config, Problems problems) {
    List<Group> groups = new ArrayList<>();
    refuseSparse(config);
    if (!(config.member("config_groups").orElse(null) instanceof Json.Obj members)) {
      return groups;
    }
    members
        .members()
        .forEach(
            (name, value) -> {
              if (value instanceof Json.Obj group) {
                group(name, group, config, problems).ifPresent(groups::add);
              }
            });
    return groups;
  }

  private static void refuseSparse(Json.Obj config) {
    if (config.member("sparsity_config").orElse(null) instanceof Json.Obj sparsity
        && sparsity.member("format").orElse(null) instanceof Json.Str format
        && !format.value().equals("dense")) {
      throw new RequestException(
          "config.json: weights of the sparse format "
              + format.value()
              + " are not read by this version");
    }
  }

  private static Optional<Group> group(
      String name, Json.Obj group, Json.Obj config, Problems problems) {
    if (!(group.member("weights").orElse(null) instanceof Json.Obj weights)) {
      return Optional.empty();
    }
    String where = "config.json: quantization_config.config_groups." + name + ".weights: ";
    Optional<QuantizationArgs> args =
        QuantizationArgsReader.stored(weights, problem -> problems.add(where + problem));
    List<String> targets = new ArrayList<>();
    if (group.member("targets").orElse(null) instanceof Json.Arr listed) {
      listed.items().stream()
          .filter(Json.Str.class::isInstance)
          .forEach(target -> targets.add(((Json.Str) target).value()));
    }
    return args.map(
        found -> {
          Inputs inputs =
              group.member("input_activations").isPresent()
                  ? new Inputs.Quantized(found)
                  : new Inputs.Full();
          CompressionFormat inferred =
              CompressionFormat.of(new QuantizationScheme(name, found, inputs));
          Optional<String> stated =
              text(group, "format")
                  .or(() -> text(config, "format").filter(format -> !format.equals(MIXED)));
          Optional<CompressionFormat> format =
              stated.isEmpty() ? Optional.of(inferred) : CompressionFormat.named(stated.get());
          if (format.isEmpty()) {
            problems.add(
                "config.json: weights of the format " + stated.get() + " are not read here");
          }
          return new Group(List.copyOf(targets), found, format.orElse(inferred));
        });
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
  Optional<Group> group(String module) {
    ModuleInfo info = new ModuleInfo(module, ModuleInfo.LINEAR);
    return groups.stream()
        .filter(group -> group.rank(info) < Integer.MAX_VALUE)
        .min(Comparator.comparingInt(group -> group.rank(info)))
        .or(() -> groups.size() == 1 ? Optional.of(groups.get(0)) : Optional.empty());
  }
}
