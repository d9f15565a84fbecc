/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.json.Json;
import dev.sinter.setting.Settings;
import java.util.ArrayList;
import java.util.List;

/**
 * An algorithm that a section names.
 *
 * @param nested those that its settings name
 */
record Algorithm(String method, Settings settings, List<Algorithm> nested) {
  Algorithm {
    nested = List.copyOf(nested);
  }

  /** What it does. */
  enum Kind {
    /** Scales of the largest magnitudes, which is what everything begins with. */
    MAX,
    /** Chooses ranges, or codes. */
    QUANTIZES,
    /** Changes weights before. */
    SMOOTHS,
    /** One after the other: scales weights, then cuts their ranges. */
    SMOOTHS_AND_QUANTIZES,
    /** Chooses ranges of inputs. */
    OBSERVES,
    /** Not there yet. */
    MISSING
  }

  Kind kind() {
    return switch (method) {
      case Algorithms.MAX -> Kind.MAX;
      case Algorithms.GPTQ, Algorithms.MSE, Algorithms.HESSIAN, Algorithms.CLIP -> Kind.QUANTIZES;
      case Algorithms.LITE, Algorithms.SMOOTHQUANT -> Kind.SMOOTHS;
      case Algorithms.FULL -> Kind.SMOOTHS_AND_QUANTIZES;
      case Algorithms.HEADROOM -> Kind.OBSERVES;
      default -> Kind.MISSING;
    };
  }

  /** Settings that no method of this version has a way to follow. */
  List<String> unmet() {
    List<String> unmet = new ArrayList<>();
    if (settings.hasValue(Algorithms.EXPERTS_RATIO)) {
      unmet.add(Algorithms.EXPERTS_RATIO + ", a part of the experts for each token");
    }
    boolean dense =
        settings
            .json(Algorithms.LAYERWISE_NAME)
            .filter(Json.Obj.class::isInstance)
            .flatMap(layerwise -> ((Json.Obj) layerwise).member(Algorithms.FROM_COMPRESSED))
            .filter(new Json.Bool(false)::equals)
            .isPresent();
    if (dense && method.equals(Algorithms.GPTQ)) {
      unmet.add(Algorithms.FROM_COMPRESSED + ": false, layers that see what dense ones give");
    }
    return unmet;
  }
}
