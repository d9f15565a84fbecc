/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What config.json says layer by layer: a list for all layers, or one entry that goes for each.
 * Lists may have entries more, for the layers behind the last that predict further tokens.
 */
record PerLayer(ModelConfig config, int layers, int further) {

  /** Numbers; an entry that is null is the usual one. */
  List<Double> numbers(String name, double usual) {
    List<Double> said =
        config.isList(name)
            ? config.numbers(name, usual)
            : Collections.nCopies(layers, config.number(name, usual));
    return cut(name, said, usual);
  }

  /** Words of a few. */
  List<String> words(String name, List<String> known, String usual) {
    return config.has(name)
        ? cut(name, config.words(name, known), usual)
        : Collections.nCopies(layers, usual);
  }

  /** The layers that a list names, or a text with commas; those from one on if there is none. */
  List<Integer> members(String name, int usualFirst) {
    return config.has(name)
        ? config.wholeNumbers(name)
        : IntStream.range(usualFirst, layers + further).boxed().toList();
  }

  private <T> List<T> cut(String name, List<T> said, T usual) {
    if (said.size() == layers || said.size() == layers + further) {
      return said.subList(0, layers);
    }
    if (config.isSound(name, "num_hidden_layers")) {
      config.problem(name + " has " + said.size() + " entries, and num_hidden_layers is " + layers);
    }
    return new ArrayList<>(Collections.nCopies(layers, usual));
  }
}
