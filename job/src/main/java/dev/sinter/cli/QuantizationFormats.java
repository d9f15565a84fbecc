/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.problem.Nearest;
import dev.sinter.problem.RequestException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** ModelOpt's names of formats ({@code --qformat}) that need no data, and the schemes they are. */
final class QuantizationFormats implements Iterable<String> {
  private static final Map<String, String> SCHEMES =
      new TreeMap<>(
          Map.of(
              "int4_wo", "W4A16",
              "int4_blockwise_weight_only", "W4A16",
              "fp8_pc_pt", "FP8_DYNAMIC",
              "fp8_per_channel_per_token", "FP8_DYNAMIC",
              "nvfp4_w4a16", "NVFP4A16",
              "w4a16_nvfp4", "NVFP4A16",
              "mxfp4", "MXFP4",
              "mxfp8", "MXFP8"));

  /** Formats of ModelOpt that find ranges by calibration, or change weights by it. */
  private static final Set<String> CALIBRATED =
      Set.of(
          "fp8",
          "int8",
          "int8_sq",
          "int8_smoothquant",
          "int4_awq",
          "w4a8_awq",
          "w4a8_awq_beta",
          "nvfp4",
          "nvfp4_awq",
          "nvfp4_awq_lite",
          "nvfp4_mse",
          "nvfp4_svdquant",
          "nvfp4_mlp_only",
          "nvfp4_experts_only",
          "nvfp4_omlp_only",
          "w4a8_nvfp4_fp8",
          "w4a8_mxfp4_fp8");

  /** The scheme of a format; one that is not there is refused with what there is. */
  static String scheme(String format) {
    String name = format.toLowerCase(Locale.ROOT);
    String scheme = SCHEMES.get(name);
    if (scheme != null) {
      return scheme;
    }
    String why =
        CALIBRATED.contains(name)
            ? " needs calibration that this version does not have."
            : " is no format that is known here." + Nearest.hint(name, SCHEMES.keySet());
    throw new RequestException(
        "--qformat " + format + why + " There are: " + String.join(", ", SCHEMES.keySet()));
  }

  @Override
  public Iterator<String> iterator() {
    List<String> names = new ArrayList<>(SCHEMES.keySet());
    return names.iterator();
  }
}
