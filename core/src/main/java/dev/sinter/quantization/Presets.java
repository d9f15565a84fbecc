/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static dev.sinter.quantization.QuantizationArgs.dynamic;
import static dev.sinter.quantization.QuantizationArgs.weights;

import dev.sinter.problem.Nearest;
import dev.sinter.problem.RequestException;
import dev.sinter.quantization.QuantizationArgs.Dynamic;
import dev.sinter.quantization.QuantizationArgs.ScaleType;
import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.quantization.QuantizationScheme.Activations;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The schemes of compressed-tensors by name. */
public final class Presets {
  private static final Strategy GROUPS = new Strategy.Group(128);
  private static final Strategy CHANNEL = new Strategy.Channel();
  private static final Strategy TENSOR = new Strategy.Tensor();
  private static final Strategy TOKEN = new Strategy.Token();
  private static final Strategy MICRO = new Strategy.Group(32);
  private static final Strategy NV = new Strategy.TensorGroup(16);
  private static final Observer STATIC_MIN_MAX = Observer.named("static_minmax");

  private static final Map<String, QuantizationScheme> SCHEMES = schemes();

  /** Names in older documents of the peer; its per-token scheme was always dynamic. */
  private static final Map<String, String> OLD_NAMES =
      Map.of("W8A8_DYNAMIC", "W8A8", "INT8_DYNAMIC", "W8A8");

  private Presets() {}

  private static Map<String, QuantizationScheme> schemes() {
    Map<String, QuantizationScheme> schemes = new LinkedHashMap<>();
    integers(schemes);
    floats(schemes);
    return Collections.unmodifiableMap(schemes);
  }

  private static void integers(Map<String, QuantizationScheme> schemes) {
    QuantizationArgs tokens8 = dynamic(8, Type.INT, TOKEN);
    for (String name : new String[] {"W8A8", "INT8"}) {
      add(schemes, name, weights(8, Type.INT, true, CHANNEL), tokens8);
    }
    for (int bits = 2; bits <= 8; bits++) {
      QuantizationArgs grouped = weights(bits, Type.INT, true, GROUPS);
      add(schemes, "W" + bits + "A16", grouped);
      if (bits < 8) {
        add(schemes, "W" + bits + "A8", grouped, tokens8);
      }
      if (bits <= 4) {
        add(schemes, "W" + bits + "A4", grouped, dynamic(4, Type.INT, TOKEN));
      }
    }
    add(schemes, "W4A16_ASYM", weights(4, Type.INT, false, GROUPS));
    add(schemes, "W4AFP8", weights(4, Type.INT, true, GROUPS), dynamic(8, Type.FLOAT, TOKEN));
  }

  private static void floats(Map<String, QuantizationScheme> schemes) {
    QuantizationArgs fp8Tensor = weights(8, Type.FLOAT, true, TENSOR);
    add(schemes, "FP8", fp8Tensor, fp8Tensor.withObserver(STATIC_MIN_MAX));
    add(
        schemes,
        "FP8_DYNAMIC",
        weights(8, Type.FLOAT, true, CHANNEL),
        dynamic(8, Type.FLOAT, TOKEN));
    add(
        schemes,
        "FP8_BLOCK",
        weights(8, Type.FLOAT, true, new Strategy.Block(128, 128)),
        dynamic(8, Type.FLOAT, GROUPS));
    QuantizationArgs nvfp4 = weights(4, Type.FLOAT, true, NV).withScaleType(ScaleType.F8_E4M3);
    add(schemes, "NVFP4A16", nvfp4);
    add(schemes, "NVFP4", nvfp4, nvfp4.withDynamic(Dynamic.LOCAL, STATIC_MIN_MAX));
    for (int bits : new int[] {4, 8}) {
      QuantizationArgs micro = weights(bits, Type.FLOAT, true, MICRO).withScaleType(ScaleType.E8M0);
      add(schemes, "MXFP" + bits + "A16", micro);
      add(schemes, "MXFP" + bits, micro, micro.withDynamic(Dynamic.YES, Observer.NONE));
    }
  }

  private static void add(
      Map<String, QuantizationScheme> schemes, String name, QuantizationArgs weights) {
    schemes.put(name, new QuantizationScheme(name, weights, new Activations.Full()));
  }

  private static void add(
      Map<String, QuantizationScheme> schemes,
      String name,
      QuantizationArgs weights,
      QuantizationArgs inputs) {
    schemes.put(name, new QuantizationScheme(name, weights, new Activations.Quantized(inputs)));
  }

  /** The scheme of that name, or older name, in any case; otherwise says what there is. */
  public static QuantizationScheme named(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    QuantizationScheme scheme = SCHEMES.get(renamed(name).orElse(upper));
    if (scheme != null) {
      return scheme;
    }
    throw new RequestException(
        "There is no scheme \""
            + name
            + "\"."
            + Nearest.hint(upper, SCHEMES.keySet())
            + " The schemes are: "
            + names());
  }

  /** The name of today for one of older documents. */
  public static Optional<String> renamed(String name) {
    return Optional.ofNullable(OLD_NAMES.get(name.toUpperCase(Locale.ROOT).replace('-', '_')));
  }

  /** The scheme of that very name, if there is one. */
  public static Optional<QuantizationScheme> find(String name) {
    return Optional.ofNullable(SCHEMES.get(name));
  }

  /** The preset that says the same, or the scheme itself. */
  public static QuantizationScheme name(QuantizationScheme scheme) {
    return SCHEMES.values().stream()
        .filter(
            preset ->
                preset.weights().equals(scheme.weights())
                    && preset.inputs().equals(scheme.inputs())
                    && preset.outputs().equals(scheme.outputs()))
        .findFirst()
        .orElse(scheme);
  }

  /** The names, in the order of their introduction here. */
  public static String names() {
    return String.join(", ", SCHEMES.keySet());
  }
}
