/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.json.Json;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.Problems;
import dev.sinter.setting.Form;
import dev.sinter.setting.Setting;
import dev.sinter.setting.SettingTable;
import dev.sinter.setting.Settings;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlNode.Mapping;
import dev.sinter.yaml.YamlNode.Member;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Reads {@link QuantizerAttributes}, with ModelOpt's rules for what goes with what. */
final class QuantizerAttributesReader {
  private static final String BITS = "num_bits";
  private static final String AXIS = "axis";
  private static final String BLOCKS = "block_sizes";
  private static final String SCALE_BITS = "scale_bits";
  private static final String AXIS_NAME = "-?\\d";
  private static final String FOUR_OVER_SIX = "four_over_six";
  private static final String USE_CONSTANT = "use_constant_amax";
  private static final String CONSTANT = "constant_amax";
  private static final String TYPE = "type";
  private static final Form NUMBER = new Form.Other("bits such as 8, or a float such as e4m3");

  /** The range of use_constant_amax. */
  private static final double STANDARD_AMAX = 448;

  static final SettingTable TABLE =
      new SettingTable(
              "a quantizer",
              Setting.of("enable", new Form.Flag(), "Whether it does anything").otherwise(true),
              Setting.of(BITS, NUMBER, "Bits of an integer, or a float such as e4m3").otherwise(8),
              Setting.of("effective_bits", new Form.Real(0, 16), "Bits with scales, as a cost"),
              Setting.of(AXIS, new Form.Whole(-8, 8), "The axis whose entries each have a scale"),
              Setting.of(BLOCKS, new Form.Other("sizes by axis"), "{-1: 16, type: dynamic}"),
              Setting.of(TYPE, Form.word("static", "dynamic"), "When scales are found")
                  .otherwise("static"),
              Setting.of("unsigned", new Form.Flag(), "No negative values").otherwise(false),
              Setting.of("narrow_range", new Form.Flag(), "-127 to 127").otherwise(false),
              Setting.of(USE_CONSTANT, new Form.Flag(), "A range of 448, without data")
                  .otherwise(false),
              Setting.of(CONSTANT, Form.Real.POSITIVE, "A range that is set, without data"),
              Setting.of("bias", new Form.Other("a map"), "What is taken off before rounding"),
              Setting.of(
                  "rotate",
                  Form.either(new Form.Flag(), new Form.Other("a map")),
                  "Whether values are rotated first"),
              Setting.of("calibrator", Form.word("max", "histogram"), "How ranges are found")
                  .otherwise("max"),
              Setting.withoutEffect("fake_quant"),
              Setting.withoutEffect("learn_amax"),
              Setting.withoutEffect("trt_high_precision_dtype"),
              Setting.withoutEffect("pass_through_bwd"),
              Setting.withoutEffect("backend"),
              Setting.withoutEffect("backend_extra_args"))
          .explaining("bits", "Write num_bits")
          .explaining("group_size", "Write block_sizes: {-1: 128}")
          .explaining("block_size", "Write block_sizes: {-1: 16}")
          .explaining("dynamic", "Write type: dynamic")
          .explaining("symmetric", "ModelOpt's quantizers are symmetric");

  private static final Set<String> FLOATS =
      Set.of("e4m3", "e5m2", "e2m1", "e1m2", "e0m3", "e3m0", "e3m2", "e2m3");

  /** Floats that a static scale may have. */
  private static final Set<String> STATIC_FLOATS = Set.of("e4m3", "e2m1");

  private final Problems problems;

  QuantizerAttributesReader(Problems problems) {
    this.problems = problems;
  }

  /** The attributes; empty when there are problems, which are added to. */
  Optional<QuantizerAttributes> read(Mapping given) {
    Settings settings = new Settings(TABLE, given, given.place(), problems);
    Optional<NumberFormat> bits = settings.node(BITS).flatMap(node -> number(settings, node, BITS));
    Optional<BlockSizes> blocks = settings.node(BLOCKS).flatMap(node -> blocks(settings, node));
    if (settings.hasValue(AXIS) && settings.hasValue(BLOCKS)) {
      settings.problem(AXIS, "axis and block_sizes both say what shares a scale; give one");
    }
    if (settings.hasValue(CONSTANT)
        && settings.hasValue(USE_CONSTANT)
        && settings.flag(USE_CONSTANT)) {
      settings.problem(CONSTANT, "constant_amax and use_constant_amax exclude each other");
    }
    bits.ifPresent(format -> checkFloat(settings, format, blocks));
    if (!settings.isSound()) {
      return Optional.empty();
    }
    Optional<Double> constant =
        settings
            .json(CONSTANT)
            .map(value -> ((Json.Num) value).asDouble())
            .or(() -> settings.flag(USE_CONSTANT) ? Optional.of(STANDARD_AMAX) : Optional.empty());
    return Optional.of(
        new QuantizerAttributes(
            bits.orElse(QuantizerAttributes.STANDARD.bits()),
            settings.json(AXIS).map(value -> (int) ((Json.Num) value).asLong()),
            blocks,
            settings.flag("unsigned"),
            settings.flag("narrow_range"),
            settings.text(TYPE).orElseThrow().equalsIgnoreCase("dynamic"),
            constant,
            given.json()));
  }

  private static Optional<NumberFormat> number(Settings settings, YamlNode node, String name) {
    Optional<NumberFormat> format = NumberFormat.of(node.json());
    if (format.isEmpty()) {
      settings.problem(
          node.place(),
          name
              + " must be bits such as 8, or a float such as e4m3, not "
              + node.kind()
              + (node.json() instanceof Json.Str text ? hint(text.value()) : ""));
    }
    return format;
  }

  private static String hint(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "fp8", "float8" -> ". FP8 is e4m3";
      case "fp4", "nvfp4", "float4" -> ". FP4 is e2m1";
      case "int8" -> ". Write 8";
      case "int4" -> ". Write 4";
      default -> Nearest.hint(text, FLOATS);
    };
  }

  private static void checkFloat(
      Settings settings, NumberFormat format, Optional<BlockSizes> blocks) {
    if (!(format instanceof NumberFormat.SmallFloat)) {
      return;
    }
    String name = format.toString();
    if (!FLOATS.contains(name)) {
      settings.problem(
          BITS,
          "there is no float "
              + name
              + " for values. There are: "
              + String.join(", ", FLOATS.stream().sorted().toList())
              + (name.equals("e8m0") ? "; e8m0 is a scale: scale_bits: e8m0" : ""));
    } else if (!STATIC_FLOATS.contains(name) && blocks.filter(BlockSizes::dynamic).isEmpty()) {
      settings.problem(
          BITS,
          name + " needs scales of blocks: block_sizes: {-1: 32, type: dynamic, scale_bits: e8m0}");
    }
  }

  private static Optional<BlockSizes> blocks(Settings settings, YamlNode node) {
    if (!(node instanceof Mapping sizes)) {
      settings.problem(
          node.place(), "block_sizes must be sizes by axis, such as {-1: 16}, not " + node.kind());
      return Optional.empty();
    }
    Map<Integer, Optional<Long>> axes = new TreeMap<>();
    boolean dynamic = false;
    Optional<NumberFormat> scale = Optional.empty();
    boolean fourOverSix = false;
    for (Member member : sizes.members()) {
      switch (member.name()) {
        case TYPE -> dynamic = isDynamic(settings, member.value());
        case SCALE_BITS -> scale = number(settings, member.value(), SCALE_BITS);
        case FOUR_OVER_SIX -> fourOverSix = isTrue(settings, member.value());
        case "scale_block_sizes" -> {}
        default -> axis(settings, member, axes);
      }
    }
    boolean named = sizes.members().stream().anyMatch(m -> m.name().matches(AXIS_NAME));
    if (!named) {
      settings.problem(sizes.place(), "block_sizes has no axis; write for example {-1: 16}");
    } else if (dynamic && axes.size() != 1) {
      settings.problem(
          sizes.place(),
          "blocks of type dynamic have one axis, such as {-1: 16}, not " + axes.keySet());
    }
    return Optional.of(new BlockSizes(axes, dynamic, scale, fourOverSix, sizes.json()));
  }

  private static boolean isTrue(Settings settings, YamlNode flag) {
    if (!(flag.json() instanceof Json.Bool)) {
      settings.problem(flag.place(), FOUR_OVER_SIX + " must be true or false, not " + flag.kind());
    }
    return flag.json().equals(new Json.Bool(true));
  }

  private static boolean isDynamic(Settings settings, YamlNode type) {
    Form form = Form.word("static", "dynamic");
    if (!form.fits(type.json())) {
      settings.problem(type.place(), "type must be static or dynamic, not " + type.kind());
    }
    return type.json() instanceof Json.Str text && text.value().equalsIgnoreCase("dynamic");
  }

  private static void axis(Settings settings, Member member, Map<Integer, Optional<Long>> axes) {
    if (!member.name().matches(AXIS_NAME)) {
      settings.problem(
          member.place(),
          "block_sizes has no key \""
              + member.name()
              + "\"."
              + Nearest.hint(member.name(), List.of(TYPE, SCALE_BITS, FOUR_OVER_SIX))
              + " It has axes such as -1, type, scale_bits");
      return;
    }
    int axis = Integer.parseInt(member.name());
    if (member.value().isNull()) {
      axes.put(axis, Optional.empty());
    } else if (new Form.Whole(1, Integer.MAX_VALUE).fits(member.value().json())) {
      axes.put(axis, Optional.of(((Json.Num) member.value().json()).asLong()));
    } else {
      settings.problem(
          member.value().place(),
          "a block's size must be a positive whole number, or nothing for the whole axis, not "
              + member.value().kind());
    }
  }
}
