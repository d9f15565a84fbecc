/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.problem.Nearest;
import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.quantization.QuantizationArgs.Dynamic;
import dev.sinter.quantization.QuantizationArgs.ScaleType;
import dev.sinter.quantization.QuantizationArgs.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * Reads {@link QuantizationArgs} from the form that they have in recipes and in config.json, with
 * the defaults of compressed-tensors. All that is wrong is told, with the setting that it is about;
 * then nothing is read.
 */
public final class QuantizationArgsReader {
  private static final List<String> KEYS =
      List.of(
          "num_bits",
          "type",
          "symmetric",
          "group_size",
          "strategy",
          "block_structure",
          "dynamic",
          "actorder",
          "scale_dtype",
          "zp_dtype",
          "observer",
          "observer_kwargs");

  private static final List<String> STRATEGIES =
      List.of("tensor", "channel", "group", "tensor_group", "block", "token", "attn_head");

  private final Json.Obj given;
  private final List<Problem> problems = new ArrayList<>();

  /** What is wrong, and the setting that it is about. */
  private record Problem(String setting, String text) {}

  private QuantizationArgsReader(Json.Obj given) {
    this.given = given;
  }

  /** The settings of a weight. */
  public static Optional<QuantizationArgs> weights(
      Json.Obj given, BiConsumer<String, String> problem) {
    return new QuantizationArgsReader(given).read(problem, true);
  }

  /** The settings of a weight that is stored: how its scales were found no longer matters. */
  public static Optional<QuantizationArgs> stored(
      Json.Obj given, BiConsumer<String, String> problem) {
    return new QuantizationArgsReader(withoutObserver(given)).read(problem, true);
  }

  /** The settings of an input or an output of a checkpoint that was calibrated already. */
  public static Optional<QuantizationArgs> storedActivations(
      Json.Obj given, BiConsumer<String, String> problem) {
    return new QuantizationArgsReader(withoutObserver(given)).read(problem, false);
  }

  private static Json.Obj withoutObserver(Json.Obj given) {
    return given.without("observer").without("observer_kwargs");
  }

  /** The settings of an input or an output. */
  public static Optional<QuantizationArgs> activations(
      Json.Obj given, BiConsumer<String, String> problem) {
    return new QuantizationArgsReader(given).read(problem, false);
  }

  private Optional<QuantizationArgs> read(BiConsumer<String, String> problem, boolean weights) {
    given.members().keySet().stream()
        .filter(key -> !KEYS.contains(key))
        .forEach(
            key ->
                add(
                    key,
                    "there is no setting \"" + key + "\"." + orAll(Nearest.hint(key, KEYS), KEYS)));
    Optional<QuantizationArgs> args = build(weights);
    problems.forEach(found -> problem.accept(found.setting(), found.text()));
    return problems.isEmpty() ? args : Optional.empty();
  }

  private static String orAll(String hint, List<String> all) {
    return hint.isEmpty() ? " The settings are: " + String.join(", ", all) : hint;
  }

  private void add(String setting, String text) {
    problems.add(new Problem(setting, text));
  }

  private Optional<QuantizationArgs> build(boolean weights) {
    int bits = integer("num_bits").orElse(8);
    Type type = type();
    Dynamic dynamic = dynamic();
    Optional<Strategy> strategy = strategy();
    Observer observer = observer(dynamic, weights);
    ActivationOrder order = actorder();
    ScaleType scaleType = scaleType(type, bits, strategy);
    boolean symmetric = flag("symmetric", true);
    if (weights && dynamic != Dynamic.NO) {
      add("dynamic", "a weight's scales are stored: dynamic must be false");
    }
    if (weights
        && strategy
            .filter(s -> s instanceof Strategy.Token || s instanceof Strategy.Head)
            .isPresent()) {
      add("strategy", "scales by token or by head are for inputs and caches, not for weights");
    }
    if (!weights && order != ActivationOrder.UNSET) {
      add("actorder", "actorder is about the columns of weights");
    }
    if (!problems.isEmpty() || strategy.isEmpty()) {
      return Optional.empty();
    }
    try {
      QuantizationArgs args =
          new QuantizationArgs(
              bits, type, symmetric, strategy.get(), dynamic, order, scaleType, observer);
      checkFp4(args);
      return Optional.of(args);
    } catch (IllegalArgumentException e) {
      add(about(e.getMessage()), e.getMessage());
      return Optional.empty();
    }
  }

  /** The setting that a message of the whole is about, if it is given. */
  private String about(String message) {
    return Stream.of("symmetric", "dynamic", "actorder", "num_bits")
        .filter(name -> message.contains(name.replace("num_", "")))
        .filter(name -> given.member(name).isPresent())
        .findFirst()
        .orElse("");
  }

  /** Floats of four bits come in the two forms that clients read. */
  private void checkFp4(QuantizationArgs args) {
    boolean nv =
        args.strategy().equals(new Strategy.TensorGroup(16))
            && args.scaleType() == ScaleType.F8_E4M3;
    boolean mx = args.scaleType() == ScaleType.E8M0;
    boolean tensorGroup = args.strategy() instanceof Strategy.TensorGroup;
    if ((args.isFp4() && !nv && !mx) || (tensorGroup && !args.isFp4())) {
      add(
          "num_bits",
          "floats of four bits have strategy tensor_group, group_size 16 and scale_dtype"
              + " torch.float8_e4m3fn (NVFP4), or strategy group, group_size 32 and scale_dtype"
              + " torch.uint8 (MXFP4); tensor_group goes with them alone");
    }
  }

  private Type type() {
    String name = text("type").orElse("int").toLowerCase(Locale.ROOT);
    if (!name.equals("int") && !name.equals("float")) {
      add("type", "type must be int or float, not " + name);
    }
    return name.equals("float") ? Type.FLOAT : Type.INT;
  }

  private Dynamic dynamic() {
    Optional<Json> value = given.member("dynamic");
    if (value.isPresent()
        && value.get() instanceof Json.Str text
        && text.value().equalsIgnoreCase("local")) {
      return Dynamic.LOCAL;
    }
    return flag("dynamic", false) ? Dynamic.YES : Dynamic.NO;
  }

  private Optional<Strategy> strategy() {
    Optional<Integer> group = integer("group_size");
    Optional<String> name = text("strategy").map(text -> text.toLowerCase(Locale.ROOT));
    String inferred =
        name.orElseGet(() -> group.isEmpty() ? "tensor" : group.get() == -1 ? "channel" : "group");
    Optional<Strategy.Block> block = block();
    if (!STRATEGIES.contains(inferred)) {
      add(
          "strategy",
          "there is no strategy \""
              + inferred
              + "\"."
              + Nearest.hint(inferred, STRATEGIES)
              + " There are: "
              + String.join(", ", STRATEGIES));
      return Optional.empty();
    }
    boolean grouped = inferred.equals("group") || inferred.equals("tensor_group");
    if (grouped && group.orElse(0) <= 0 && !isMisspelled("group_size")) {
      add("strategy", "strategy " + inferred + " needs a positive group_size");
    } else if (!grouped && group.orElse(-1) > 0) {
      add("group_size", "group_size " + group.get() + " goes with strategy group, not " + inferred);
    }
    if (inferred.equals("block") != given.member("block_structure").isPresent()) {
      add("strategy", "strategy block and block_structure go together, such as [128, 128]");
    }
    if (!problems.isEmpty()) {
      return Optional.empty();
    }
    return switch (inferred) {
      case "tensor" -> Optional.of(new Strategy.Tensor());
      case "channel" -> Optional.of(new Strategy.Channel());
      case "group" -> Optional.of(new Strategy.Group(group.get()));
      case "tensor_group" -> Optional.of(new Strategy.TensorGroup(group.get()));
      case "block" -> block.map(found -> found);
      case "token" -> Optional.of(new Strategy.Token());
      case "attn_head" -> Optional.of(new Strategy.Head());
      default -> Optional.empty();
    };
  }

  /** Whether a setting that there is not was told to mean this one. */
  private boolean isMisspelled(String key) {
    return given.members().keySet().stream()
        .filter(name -> !KEYS.contains(name))
        .anyMatch(name -> Nearest.to(name, KEYS).equals(Optional.of(key)));
  }

  /** A list of two sizes, or the older documents' "128x128". */
  private Optional<Strategy.Block> block() {
    Optional<Json> value = given.member("block_structure");
    if (value.isEmpty()) {
      return Optional.empty();
    }
    List<String> sizes = new ArrayList<>();
    if (value.get() instanceof Json.Str text) {
      sizes.addAll(List.of(text.value().split("x", -1)));
    } else if (value.get() instanceof Json.Arr array) {
      array.items().forEach(item -> sizes.add(JsonWriter.compact(item)));
    }
    if (sizes.size() == 2 && sizes.stream().allMatch(size -> size.matches("[1-9][0-9]{0,8}"))) {
      return Optional.of(
          new Strategy.Block(Integer.parseInt(sizes.get(0)), Integer.parseInt(sizes.get(1))));
    }
    add(
        "block_structure",
        "block_structure must be two positive sizes, such as [128, 128], not "
            + JsonWriter.compact(value.get()));
    return Optional.empty();
  }

  private Observer observer(Dynamic dynamic, boolean weights) {
    Json.Obj settings = observerSettings();
    Optional<String> name = text("observer");
    if (dynamic == Dynamic.YES) {
      return Observer.NONE;
    }
    // The peer's default keeps only the last batch that it saw.
    String unset = weights ? Observer.MIN_MAX.name() : ActivationObservers.STANDARD;
    Observer named = new Observer(Observer.named(name.orElse(unset)).name(), settings);
    return weights
        ? WeightObservers.resolve(named, text -> add("observer", text))
        : ActivationObservers.resolve(named, text -> add("observer", text));
  }

  private Json.Obj observerSettings() {
    Optional<Json> value = given.member("observer_kwargs");
    if (value.isPresent() && value.get() instanceof Json.Obj settings) {
      return settings;
    }
    value.ifPresent(
        wrong ->
            add(
                "observer_kwargs",
                "observer_kwargs must be settings by name, not " + JsonWriter.compact(wrong)));
    return Observer.NONE.settings();
  }

  private ActivationOrder actorder() {
    Optional<Json> value = given.member("actorder");
    if (value.isEmpty() || value.get().equals(new Json.Bool(false))) {
      return ActivationOrder.UNSET;
    }
    String name =
        value.get() instanceof Json.Str text
            ? text.value().toLowerCase(Locale.ROOT)
            : JsonWriter.compact(value.get());
    return switch (name) {
      case "group", "dynamic", "true" -> ActivationOrder.GROUP;
      case "weight", "static" -> ActivationOrder.STATIC;
      default -> {
        add("actorder", "actorder must be group, weight or null, not " + name);
        yield ActivationOrder.UNSET;
      }
    };
  }

  /** Where floats of four bits do not say how their scales are stored, their groups tell. */
  private ScaleType scaleType(Type type, int bits, Optional<Strategy> strategy) {
    Optional<String> name = text("scale_dtype");
    if (name.isEmpty()) {
      boolean fp4 = type == Type.FLOAT && bits == 4 && strategy.isPresent();
      if (fp4 && strategy.get() instanceof Strategy.TensorGroup) {
        return ScaleType.F8_E4M3;
      }
      return fp4 && strategy.get().equals(new Strategy.Group(32))
          ? ScaleType.E8M0
          : ScaleType.UNSET;
    }
    return switch (name.get().replace("torch.", "")) {
      case "float8_e4m3fn" -> ScaleType.F8_E4M3;
      case "uint8" -> ScaleType.E8M0;
      default -> {
        add(
            "scale_dtype",
            "scale_dtype must be torch.float8_e4m3fn or torch.uint8, not " + name.get());
        yield ScaleType.UNSET;
      }
    };
  }

  private Optional<String> text(String key) {
    return given
        .member(key)
        .flatMap(
            value -> {
              if (value instanceof Json.Str text) {
                return Optional.of(text.value());
              }
              add(key, key + " must be a text, not " + JsonWriter.compact(value));
              return Optional.empty();
            });
  }

  private Optional<Integer> integer(String key) {
    return given
        .member(key)
        .flatMap(
            value -> {
              if (value instanceof Json.Num number
                  && number.isInteger()
                  && number.text().length() <= 9) {
                return Optional.of((int) number.asLong());
              }
              add(key, key + " must be a whole number, not " + JsonWriter.compact(value));
              return Optional.empty();
            });
  }

  private boolean flag(String key, boolean otherwise) {
    return given
        .member(key)
        .map(
            value -> {
              if (value instanceof Json.Bool bool) {
                return bool.value();
              }
              add(key, key + " must be true or false, not " + JsonWriter.compact(value));
              return otherwise;
            })
        .orElse(otherwise);
  }
}
