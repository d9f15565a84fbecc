/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.expression;

import dev.sinter.json.Json;
import dev.sinter.problem.Nearest;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;

/** The functions by name: those of Python's math, with and without its prefix, and builtins. */
final class ExpressionFunctions {
  private static final int ANY = Expression.MAX_LENGTH;
  private static final String PREFIX = "math.";

  private static final Map<String, Entry> MATH = new TreeMap<>();
  private static final Map<String, Entry> BUILTIN = new TreeMap<>();

  // StrictMath: a recipe means the same on every machine.
  static {
    MATH.put("sqrt", new Entry(1, 1, ExpressionMath::sqrt));
    MATH.put("exp", of(StrictMath::exp));
    MATH.put("log", new Entry(1, 2, ExpressionMath::log));
    MATH.put("log2", new Entry(1, 1, ExpressionMath::log2));
    MATH.put("log10", new Entry(1, 1, a -> a.finite(StrictMath.log10(a.above(a.first(), 0)))));
    MATH.put("pow", new Entry(2, 2, ExpressionMath::pow));
    MATH.put("floor", new Entry(1, 1, a -> ExpressionMath.whole(a, Math::floor)));
    MATH.put("ceil", new Entry(1, 1, a -> ExpressionMath.whole(a, Math::ceil)));
    MATH.put("trunc", new Entry(1, 1, a -> ExpressionMath.whole(a, ExpressionMath::truncate)));
    MATH.put("fabs", of(Math::abs));
    MATH.put("sin", of(StrictMath::sin));
    MATH.put("cos", of(StrictMath::cos));
    MATH.put("tan", of(StrictMath::tan));
    BUILTIN.put("abs", new Entry(1, 1, ExpressionBuiltins::abs));
    BUILTIN.put("min", new Entry(1, ANY, a -> ExpressionBuiltins.outermost(a, -1)));
    BUILTIN.put("max", new Entry(1, ANY, a -> ExpressionBuiltins.outermost(a, 1)));
    BUILTIN.put("round", new Entry(1, 2, ExpressionBuiltins::round));
    BUILTIN.put("int", new Entry(1, 1, ExpressionBuiltins::toInt));
    BUILTIN.put("float", new Entry(1, 1, ExpressionBuiltins::toFloat));
    BUILTIN.put("str", new Entry(1, 1, a -> new Json.Str(PythonText.of(a.first(), a.at()))));
    BUILTIN.put("sum", new Entry(1, 1, ExpressionBuiltins::sum));
    BUILTIN.put("len", new Entry(1, 1, ExpressionBuiltins::len));
    // Python's own keeps whole numbers whole, where math's makes floats.
    BUILTIN.put(
        "pow",
        new Entry(2, 2, a -> ExpressionOperators.apply("**", a.first(), a.second(), a.at())));
  }

  private ExpressionFunctions() {}

  /** A function with how many arguments it takes. */
  record Entry(int least, int most, Function<ExpressionArguments, Json> body) {
    void checkCount(String name, int count, int at) {
      if (count < least || count > most) {
        String wanted =
            most == ANY ? least + " or more" : least == most ? "" + least : least + " or " + most;
        throw new ExpressionException(
            name
                + " takes "
                + wanted
                + (wanted.equals("1") ? " argument" : " arguments")
                + ", found "
                + count,
            at);
      }
    }
  }

  private static Entry of(DoubleUnaryOperator function) {
    return new Entry(1, 1, a -> a.finite(function.applyAsDouble(a.asDouble(a.first()))));
  }

  static Optional<Entry> find(String name) {
    if (name.startsWith(PREFIX)) {
      return Optional.ofNullable(MATH.get(name.substring(PREFIX.length())));
    }
    return Optional.ofNullable(BUILTIN.getOrDefault(name, MATH.get(name)));
  }

  /** What to say of a name that {@link #find} does not know. */
  static String unknown(String name) {
    TreeSet<String> all = new TreeSet<>(MATH.keySet());
    all.addAll(BUILTIN.keySet());
    String bare = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    return "Unknown function "
        + name
        + "."
        + Nearest.hint(bare, all)
        + " Known are: "
        + String.join(", ", all);
  }

  static String unknownConstant(String name) {
    return MATH.containsKey(name)
        ? "math." + name + " is a function; write math." + name + "(...)"
        : "Unknown constant math." + name + ". Known are: math.e, math.pi";
  }
}
