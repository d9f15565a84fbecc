/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.dataset;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A data set that has a name of its own here.
 *
 * @param repository where a hub has it
 * @param config the configuration that is taken if none is named
 * @param splits what it calls the usual splits, where these have other names
 * @param preprocessing how its columns become a text
 */
public record KnownSet(
    String name,
    String repository,
    Optional<String> config,
    Map<String, String> splits,
    Preprocessing preprocessing) {
  public KnownSet {
    splits = Map.copyOf(splits);
  }

  /** How columns become a text. */
  public sealed interface Preprocessing {}

  /** A column holds it, as text or as chat. */
  public record Column(String name) implements Preprocessing {}

  /** A chat; one without system message gets an empty one, as the set's authors train it. */
  public record ChatWithSystem(String column) implements Preprocessing {}

  /** The first of these templates whose columns all have a value; the last, if none has. */
  public record Templates(List<String> templates) implements Preprocessing {
    public Templates {
      templates = List.copyOf(templates);
    }
  }
}
