/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import dev.sinter.problem.Nearest;
import dev.sinter.problem.RequestException;
import dev.sinter.quantization.QuantizationArgs.Strategy;
import dev.sinter.quantization.QuantizationArgs.Type;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The schemes that compressed-tensors knows by name. */
public final class Presets {
  private static final int GROUP = 128;
  private static final Map<String, QuantizationScheme> SCHEMES = schemes();

  /** Names of compressed-tensors that Sinter does not quantize to yet. */
  private static final Set<String> NOT_YET =
      Set.of(
          "FP8",
          "FP8_BLOCK",
          "NVFP4",
          "NVFP4A16",
          "MXFP4",
          "MXFP4A16",
          "MXFP8",
          "MXFP8A16",
          "W4AFP8",
          "W2A8",
          "W3A8",
          "W4A8",
          "W5A8",
          "W6A8",
          "W7A8",
          "W2A4",
          "W3A4",
          "W4A4");

  /** Names in older documents of the peer; its per-token scheme was always dynamic. */
  private static final Set<String> OLD_W8A8 = Set.of("W8A8_DYNAMIC", "INT8_DYNAMIC");

  private Presets() {}

  private static Map<String, QuantizationScheme> schemes() {
    Map<String, QuantizationScheme> schemes = new LinkedHashMap<>();
    var full = new QuantizationScheme.Inputs.Full();
    QuantizationArgs int8Channel = QuantizationArgs.weights(8, Type.INT, true, Strategy.CHANNEL, 0);
    var int8Tokens =
        new QuantizationScheme.Inputs.Quantized(QuantizationArgs.dynamicPerToken(8, Type.INT));
    schemes.put("W8A8", new QuantizationScheme("W8A8", int8Channel, int8Tokens));
    schemes.put("INT8", new QuantizationScheme("INT8", int8Channel, int8Tokens));
    for (int bits = 2; bits <= 8; bits++) {
      QuantizationArgs grouped =
          QuantizationArgs.weights(bits, Type.INT, true, Strategy.GROUP, GROUP);
      String name = "W" + bits + "A16";
      schemes.put(name, new QuantizationScheme(name, grouped, full));
    }
    QuantizationArgs asymmetric =
        QuantizationArgs.weights(4, Type.INT, false, Strategy.GROUP, GROUP);
    schemes.put("W4A16_ASYM", new QuantizationScheme("W4A16_ASYM", asymmetric, full));
    QuantizationArgs fp8Channel =
        QuantizationArgs.weights(8, Type.FLOAT, true, Strategy.CHANNEL, 0);
    var fp8Tokens =
        new QuantizationScheme.Inputs.Quantized(QuantizationArgs.dynamicPerToken(8, Type.FLOAT));
    schemes.put("FP8_DYNAMIC", new QuantizationScheme("FP8_DYNAMIC", fp8Channel, fp8Tokens));
    return Collections.unmodifiableMap(schemes);
  }

  /** The scheme of that name, in any case; otherwise says what there is. */
  public static QuantizationScheme named(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    QuantizationScheme scheme = SCHEMES.get(upper);
    if (scheme != null) {
      return scheme;
    }
    if (NOT_YET.contains(upper)) {
      throw new RequestException(
          "Scheme "
              + upper
              + " is known, but this version does not quantize to it. It has: "
              + names());
    }
    String hint =
        OLD_W8A8.contains(upper.replace('-', '_'))
            ? " Write W8A8: it quantizes inputs when the model runs, by token."
            : Nearest.hint(upper, SCHEMES.keySet());
    throw new RequestException(
        "There is no scheme \"" + name + "\"." + hint + " The schemes are: " + names());
  }

  private static String names() {
    return String.join(", ", SCHEMES.keySet());
  }
}
