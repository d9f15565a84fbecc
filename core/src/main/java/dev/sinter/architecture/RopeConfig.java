/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Frequencies;
import dev.sinter.graph.Frequencies.Yarn.Ramp;
import dev.sinter.graph.Rope;
import java.util.List;
import java.util.Optional;

/**
 * Rotary frequencies from config.json: {@code rope_parameters} as Transformers 5 writes them, or
 * {@code rope_theta} with {@code rope_scaling} as it did before.
 */
final class RopeConfig {
  private static final String THETA = "rope_theta";
  private static final String PARAMETERS = "rope_parameters";
  private static final String ORIGINAL = "original_max_position_embeddings";
  private static final String ATTENTION = "attention_factor";
  private static final String PARTIAL = "partial_rotary_factor";
  private static final String ALL_DIM = "mscale_all_dim";
  private static final String DEFAULT = "default";
  private static final String YARN = "yarn";
  private static final String LONG = "longrope";
  private static final List<String> TYPES =
      List.of(DEFAULT, "linear", "dynamic", "llama3", YARN, LONG);

  /** Phi 3 has one way to stretch positions, under names that changed. */
  private static final List<String> PHI_3_TYPES = List.of(DEFAULT, LONG, "su", YARN);

  private final ModelConfig config;
  private final int headChannels;
  private final List<String> types;

  private RopeConfig(ModelConfig config, int headChannels, List<String> types) {
    this.config = config;
    this.headChannels = headChannels;
    this.types = types;
  }

  /** The rope of all layers, on heads of so many channels. */
  static Rope rope(ModelConfig config, int headChannels, double usualTheta) {
    return rope(config, headChannels, usualTheta, 1);
  }

  /** The same of a family that usually turns a part of each head. */
  static Rope rope(ModelConfig config, int headChannels, double usualTheta, double usualPart) {
    return rope(
        config,
        section(config),
        headChannels,
        config.number(THETA, usualTheta),
        config.number(PARTIAL, usualPart));
  }

  /** The rope of all layers of Phi 3. */
  static Rope ofPhi3(ModelConfig config, int headChannels) {
    return new RopeConfig(config, headChannels, PHI_3_TYPES)
        .rope(section(config), config.number(THETA, 10_000), config.number(PARTIAL, 1));
  }

  /**
   * The rope of the layers of one type, where each type has its own.
   *
   * @param oldTheta the base's name in the older form
   * @param oldScaling the scaling's name in the older form; empty if there was none
   */
  static Rope rope(
      ModelConfig config,
      String layerType,
      int headChannels,
      double usualTheta,
      String oldTheta,
      String oldScaling) {
    Optional<ModelConfig> section =
        config.has(PARAMETERS)
            ? config.section(PARAMETERS).flatMap(parameters -> parameters.section(layerType))
            : config.section(oldScaling);
    return rope(config, section, headChannels, config.number(oldTheta, usualTheta), 1);
  }

  /**
   * The rope that a section describes.
   *
   * @param theta the base, unless the section says it
   * @param part how much of a head turns, unless the section says it
   */
  static Rope rope(
      ModelConfig config,
      Optional<ModelConfig> section,
      int headChannels,
      double theta,
      double part) {
    return new RopeConfig(config, headChannels, TYPES).rope(section, theta, part);
  }

  private Rope rope(Optional<ModelConfig> section, double theta, double part) {
    double base = section.map(s -> s.number(THETA, theta)).orElse(theta);
    int turned = turned(section.map(s -> s.number(PARTIAL, part)).orElse(part));
    Frequencies.Default usual = new Frequencies.Default(base);
    Frequencies frequencies = section.map(s -> frequencies(s, usual, turned)).orElse(usual);
    return new Rope(Math.max(headChannels, turned), 0, turned, Rope.Pairs.HALVES, frequencies);
  }

  /** What DeepSeek's attention scores are multiplied by where YaRN stretches positions. */
  static double magnitudeOfScores(ModelConfig config) {
    return section(config)
        .filter(section -> !section.oneOf(typeKey(section), TYPES, DEFAULT).equals(DEFAULT))
        .map(section -> magnitude(section.number("factor", 1), section.number(ALL_DIM, 0)))
        .map(magnitude -> magnitude * magnitude)
        .orElse(1.0);
  }

  /** How many channels of a head turn. */
  private int turned(double part) {
    int turned = (int) (headChannels * part);
    if (turned > 0 && turned <= headChannels && turned % 2 == 0) {
      return turned;
    }
    config.problem(
        turned == headChannels
            ? "head_dim " + headChannels + " is odd: rotary embedding turns channels in pairs"
            : PARTIAL
                + " "
                + part
                + " makes "
                + turned
                + " of "
                + headChannels
                + " channels turn: not an even number of them");
    return 2;
  }

  private static Optional<ModelConfig> section(ModelConfig config) {
    return config.section(PARAMETERS).or(() -> config.section("rope_scaling"));
  }

  private static String typeKey(ModelConfig section) {
    return section.has("rope_type") ? "rope_type" : "type";
  }

  private Frequencies frequencies(ModelConfig section, Frequencies.Default base, int turned) {
    String type = section.oneOf(typeKey(section), types, DEFAULT);
    boolean isLong = type.equals(LONG) || (types.equals(PHI_3_TYPES) && !type.equals(DEFAULT));
    return switch (isLong ? LONG : type) {
      case "linear" -> new Frequencies.Linear(base, section.number("factor"));
      case "llama3" ->
          new Frequencies.Llama3(
              base,
              section.number("factor"),
              section.number("low_freq_factor"),
              section.number("high_freq_factor"),
              original(section));
      case YARN -> yarn(section, base);
      case LONG -> longRope(section, base, turned);
      // Within the model's positions, beyond which no sample reaches, it is the default.
      default -> base;
    };
  }

  /** Some families say it outside, and mean that. */
  private double original(ModelConfig section) {
    if (config.has(ORIGINAL)) {
      return config.number(ORIGINAL);
    }
    return section.has(ORIGINAL)
        ? section.number(ORIGINAL)
        : config.number("max_position_embeddings");
  }

  private double factor(ModelConfig section) {
    return section.has("factor")
        ? section.number("factor")
        : config.number("max_position_embeddings") / original(section);
  }

  private Frequencies yarn(ModelConfig section, Frequencies.Default base) {
    double factor = factor(section);
    double numerator = section.number("mscale", 0);
    double denominator = section.number(ALL_DIM, 0);
    double usual =
        numerator != 0 && denominator != 0
            ? magnitude(factor, numerator) / magnitude(factor, denominator)
            : magnitude(factor, 1);
    return new Frequencies.Yarn(
        base,
        factor,
        section.number(ATTENTION, usual),
        section.number("beta_fast", 32),
        section.number("beta_slow", 1),
        original(section),
        section.flag("truncate", true) ? Ramp.TRUNCATED : Ramp.EXACT);
  }

  /** 0.1 m ln(s) + 1 (arXiv 2309.00071, eq. 22, with the weight m that DeepSeek gave it). */
  static double magnitude(double factor, double weight) {
    return factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
  }

  private Frequencies longRope(ModelConfig section, Frequencies.Default base, int turned) {
    if (!config.has(ORIGINAL) && !section.has(ORIGINAL)) {
      section.problem("there is no " + ORIGINAL + ", by which factors are chosen");
    }
    double original = original(section);
    double factor = factor(section);
    double usual = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
    return new Frequencies.LongRope(
        base,
        factors(section, "short_factor", turned / 2),
        factors(section, "long_factor", turned / 2),
        original,
        section.number(ATTENTION, usual));
  }

  private static List<Double> factors(ModelConfig section, String name, int pairs) {
    if (!section.has(name)) {
      section.problem("there is no " + name);
      return List.of();
    }
    List<Double> factors = section.numbers(name);
    if (factors.size() != pairs && section.isSound(name)) {
      section.problem(
          name + " has " + factors.size() + " entries, and " + pairs + " pairs of channels turn");
    }
    return factors;
  }
}
