/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Op.Linear.Bias;
import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.problem.Problems;
import dev.sinter.tensor.DType;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * config.json, read strictly: a value of the wrong type is a problem, never a default. Problems
 * collect until {@link #requireValid}, so that all are said at once.
 */
public final class ModelConfig {
  private static final String FILE = "config.json";

  private static final int MOST_REPEATS = 1024;

  /** Where models of several kinds of input keep the config of their language model. */
  private static final String TEXT = "text_config";

  private static final String NUMBERS = "a list of numbers";
  private static final String WHOLE_NUMBERS = "a list of whole numbers";

  private final Json.Obj config;
  private final String path;
  private final Problems problems;

  /** The names that there is a problem with. */
  private final Set<String> unsound = new HashSet<>();

  public ModelConfig(Json.Obj config) {
    this(config, FILE, new Problems());
  }

  private ModelConfig(Json.Obj config, String path, Problems problems) {
    this.config = config;
    this.path = path;
    this.problems = problems;
  }

  /** The family's name; empty if the config has none. */
  public String modelType() {
    return config
        .member("model_type")
        .filter(Json.Str.class::isInstance)
        .map(type -> ((Json.Str) type).value())
        .orElse("");
  }

  /**
   * The type that the model is run in; Transformers 5 calls it dtype, older versions torch_dtype.
   */
  public Optional<DType> dtype() {
    return config.member("dtype").or(() -> config.member("torch_dtype")).flatMap(this::namedDtype);
  }

  /** The type that the language model of a larger one is run in. */
  public Optional<DType> textDtype() {
    return section(TEXT).flatMap(ModelConfig::dtype);
  }

  /** A size of the language model of a larger one. */
  public Optional<Integer> textSize(String name) {
    return section(TEXT).flatMap(text -> text.optionalSize(name));
  }

  private Optional<DType> namedDtype(Json value) {
    String name = value instanceof Json.Str text ? text.value() : JsonWriter.compact(value);
    return switch (name) {
      case "float32" -> Optional.of(DType.F32);
      case "bfloat16" -> Optional.of(DType.BF16);
      case "float16" -> Optional.of(DType.F16);
      default -> {
        problems.add(path + ": dtype is " + name + "; float32, bfloat16 and float16 are run");
        yield Optional.empty();
      }
    };
  }

  public boolean has(String name) {
    return config.member(name).isPresent();
  }

  /** A positive whole number that must be there. */
  public int size(String name) {
    return optionalSize(name).orElseGet(() -> missing(name, 1));
  }

  /** A positive whole number, if it is there. */
  public Optional<Integer> optionalSize(String name) {
    return config
        .member(name)
        .map(value -> whole(name, value, 1, "a positive whole number up to " + Integer.MAX_VALUE));
  }

  /**
   * How many there are of what a graph has one by one: layers, experts. More than a thousand would
   * take the memory of who plans the model, and no model has them.
   */
  public int repeats(String name) {
    int count = size(name);
    if (count > MOST_REPEATS) {
      problem(name + " is " + count + "; at most " + MOST_REPEATS + " are run");
    }
    return Math.min(count, MOST_REPEATS);
  }

  private int whole(String name, Json value, int least, String expected) {
    boolean fits =
        value instanceof Json.Num number
            && number.isInteger()
            && number.text().length() <= 9
            && number.asLong() >= least;
    return fits ? (int) ((Json.Num) value).asLong() : wrong(name, expected, value, least);
  }

  /** A whole number from 0 on. */
  int count(String name, int otherwise) {
    return config
        .member(name)
        .map(value -> whole(name, value, 0, "a whole number, 0 or more"))
        .orElse(otherwise);
  }

  public double number(String name, double otherwise) {
    return config.member(name).map(value -> number(name, value)).orElse(otherwise);
  }

  /** A number that must be there. */
  public double number(String name) {
    return config
        .member(name)
        .map(value -> number(name, value))
        .orElseGet(() -> missing(name, 1.0));
  }

  private double number(String name, Json value) {
    return value instanceof Json.Num number
        ? number.asDouble()
        : wrong(name, "a number", value, 1.0);
  }

  public boolean flag(String name, boolean otherwise) {
    return config
        .member(name)
        .map(
            value ->
                value instanceof Json.Bool bool
                    ? bool.value()
                    : wrong(name, "true or false", value, otherwise))
        .orElse(otherwise);
  }

  /** A number, if it is there. */
  Optional<Double> optionalNumber(String name) {
    return config.member(name).map(value -> number(name, value));
  }

  /** A number that null turns off; where it is not mentioned, what is usual. */
  Optional<Double> numberOrNone(String name, double usual) {
    return isMentioned(name) ? optionalNumber(name) : Optional.of(usual);
  }

  /** A positive whole number that null turns off; where it is not mentioned, what is usual. */
  Optional<Integer> sizeOrNone(String name, int usual) {
    return isMentioned(name) ? optionalSize(name) : Optional.of(usual);
  }

  private boolean isMentioned(String name) {
    return config.members().containsKey(name);
  }

  /** A flag by which linear modules have biases. */
  Bias bias(String name) {
    return bias(name, Bias.ABSENT);
  }

  /** The same, of a family that has biases where it is not said. */
  Bias bias(String name, Bias usual) {
    return flag(name, usual == Bias.PRESENT) ? Bias.PRESENT : Bias.ABSENT;
  }

  /** How many there are of what a graph has one by one, under one of two names. */
  int repeatsOfEither(String name, String other) {
    return repeats(has(other) ? other : name);
  }

  /** A positive whole number that has one of two names. */
  int sizeOfEither(String name, String other) {
    return size(has(other) ? other : name);
  }

  /** A positive whole number that another one bounds. */
  int sizeUpTo(String name, String bound, int most) {
    int size = size(name);
    if (size > most && isSound(bound)) {
      problem(name + " is " + size + ", and " + bound + " is " + most);
    }
    return Math.min(size, most);
  }

  /** What only one value of is known. */
  void mustBeFalse(String name) {
    if (flag(name, false)) {
      problem(name + " is true, which this version cannot run");
    }
  }

  /** What is only known to be true, where it is said. */
  void mustBeTrue(String name) {
    if (!flag(name, true)) {
      problem(name + " is false, which this version cannot run");
    }
  }

  /** A list that is only known to be empty. */
  void mustBeEmpty(String name) {
    if (!items(name, "a list").isEmpty()) {
      mustBeAbsent(name);
    }
  }

  /** What is only known to be one number, if it is there. */
  void mustBe(String name, double known) {
    if (number(name, known) != known) {
      problem(
          name
              + " is "
              + JsonWriter.compact(config.member(name).orElseThrow())
              + "; this version can only run "
              + JsonWriter.compact(Json.of(known)));
    }
  }

  /** What is only known to be absent. */
  void mustBeAbsent(String name) {
    config
        .member(name)
        .ifPresent(
            value ->
                problem(
                    name + " is " + JsonWriter.compact(value) + ", which this version cannot run"));
  }

  /** Some of a few words; none if it is not there. */
  List<String> words(String name, List<String> known) {
    return items(name, "a list of " + known).stream()
        .map(
            item ->
                item instanceof Json.Str text && known.contains(text.value())
                    ? text.value()
                    : wrong(name, "a list of " + known, item, known.get(0)))
        .toList();
  }

  boolean isList(String name) {
    return config.member(name).filter(Json.Arr.class::isInstance).isPresent();
  }

  /** Numbers; none if it is not there. */
  List<Double> numbers(String name) {
    return items(name, NUMBERS).stream().map(item -> numberOf(name, item)).toList();
  }

  /** Numbers, of which some may be null. */
  List<Double> numbers(String name, double otherwise) {
    return items(name, NUMBERS).stream()
        .map(item -> item instanceof Json.Null ? otherwise : numberOf(name, item))
        .toList();
  }

  private double numberOf(String name, Json item) {
    return item instanceof Json.Num number ? number.asDouble() : wrong(name, NUMBERS, item, 1.0);
  }

  /** Whole numbers, as a list or as a text with commas between; none if it is not there. */
  List<Integer> wholeNumbers(String name) {
    List<Json> items =
        config.member(name).orElse(null) instanceof Json.Str text
            ? List.of(text.value().split(",")).stream().map(this::asItem).toList()
            : items(name, WHOLE_NUMBERS);
    return items.stream().map(item -> whole(name, item, 0, WHOLE_NUMBERS)).toList();
  }

  private Json asItem(String part) {
    return part.strip().matches("[0-9]{1,9}")
        ? Json.of(Integer.parseInt(part.strip()))
        : Json.of(part);
  }

  private List<Json> items(String name, String expected) {
    return config
        .member(name)
        .map(
            value ->
                value instanceof Json.Arr list
                    ? list.items()
                    : wrong(name, expected, value, List.<Json>of()))
        .orElse(List.of());
  }

  /** One of a few words. */
  public String oneOf(String name, List<String> known, String otherwise) {
    return config
        .member(name)
        .map(
            value -> {
              if (value instanceof Json.Str text && known.contains(text.value())) {
                return text.value();
              }
              return wrong(name, "one of " + known, value, otherwise);
            })
        .orElse(otherwise);
  }

  /** An object inside; its problems are this config's. */
  public Optional<ModelConfig> section(String name) {
    return config
        .member(name)
        .map(
            value -> {
              if (value instanceof Json.Obj object) {
                return new ModelConfig(object, path + ": " + name, problems);
              }
              return wrong(
                  name, "an object", value, new ModelConfig(Json.object(), path, problems));
            });
  }

  /**
   * The same with what it may leave out: Transformers writes of the config of a part only what
   * differs from its class.
   */
  ModelConfig withUsual(Json.Obj usual) {
    Json.Obj whole = config;
    for (Map.Entry<String, Json> member : usual.members().entrySet()) {
      if (config.member(member.getKey()).isEmpty()) {
        whole = whole.with(member.getKey(), member.getValue());
      }
    }
    return new ModelConfig(whole, path, problems);
  }

  public void problem(String text) {
    problems.add(path + ": " + text);
  }

  /** Whether no problem was found with some names: what they hold may be reckoned with. */
  boolean isSound(String... names) {
    return Arrays.stream(names).noneMatch(unsound::contains);
  }

  /** Throws all problems found so far, if there are any. */
  public void requireValid() {
    problems.throwIfAny();
  }

  private <T> T missing(String name, T stand) {
    unsound.add(name);
    problems.add(path + " has no " + name);
    return stand;
  }

  private <T> T wrong(String name, String expected, Json value, T stand) {
    unsound.add(name);
    problems.add(
        path + ": " + name + " must be " + expected + ", not " + JsonWriter.compact(value));
    return stand;
  }
}
