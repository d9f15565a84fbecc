/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.json.Json;
import dev.sinter.problem.Place;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One entry of quant_cfg. With attributes it replaces all that a quantizer had, and turns it on
 * unless it says otherwise; without, it turns quantizers on or off and leaves the rest.
 *
 * @param pattern for names of quantizers, as fnmatch has it
 * @param parentClass the class that a quantizer's module must have, such as nn.Linear
 * @param cfg one set of attributes, or several that follow each other; none to leave them
 */
public record QuantizerRule(
    String pattern,
    Optional<String> parentClass,
    List<QuantizerAttributes> cfg,
    boolean enable,
    Place place) {
  public QuantizerRule {
    cfg = List.copyOf(cfg);
  }

  /** Whether it only turns quantizers off. */
  public boolean isOff() {
    return cfg.isEmpty() && !enable;
  }

  Json.Obj json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("quantizer_name", pattern);
    parentClass.ifPresent(name -> json.put("parent_class", name));
    if (cfg.size() == 1) {
      json.put("cfg", cfg.get(0).given());
    } else if (!cfg.isEmpty()) {
      json.put("cfg", cfg.stream().map(QuantizerAttributes::given).toList());
    }
    if (cfg.isEmpty() || !enable) {
      json.put("enable", enable);
    }
    return (Json.Obj) Json.of(json);
  }

  /** What it means, without what it does. */
  String name() {
    return pattern + parentClass.map(type -> " in " + type).orElse("");
  }

  @Override
  public String toString() {
    String what =
        cfg.isEmpty()
            ? (enable ? "on" : "off")
            : String.join(" then ", cfg.stream().map(QuantizerAttributes::toString).toList());
    return name() + ": " + what;
  }
}
