/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.json.JsonSyntaxException;
import dev.sinter.recipe.PeerArguments;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Flags by which llm-compressor sets what makes no difference here, or cannot be had: understood,
 * and not shown in help.
 */
final class PeerDataFlags {
  private static final String CALIBRATES = "--num-calibration-samples";

  private PeerDataFlags() {}

  /** Gives them to each command that calibrates. */
  static void add(CommandLine commands) {
    for (CommandLine command : commands.getSubcommands().values()) {
      CommandSpec spec = command.getCommandSpec();
      if (spec.findOption(CALIBRATES) == null) {
        continue;
      }
      for (String name : PeerArguments.names()) {
        if (spec.findOption(flag(name)) == null) {
          spec.addOption(
              OptionSpec.builder(flag(name))
                  .type(String.class)
                  .arity("0..1")
                  .fallbackValue("true")
                  .hidden(true)
                  .build());
        }
      }
    }
  }

  private static String flag(String name) {
    return "--" + name.replace('_', '-');
  }

  /** Those that were given, by the names of a recipe's section. */
  static Map<String, Object> given(CommandSpec spec) {
    Map<String, Object> given = new LinkedHashMap<>();
    for (String name : PeerArguments.names()) {
      OptionSpec option = spec.findOption(flag(name));
      if (option != null && option.hidden() && option.getValue() != null) {
        given.put(name, json(option.getValue()));
      }
    }
    return given;
  }

  private static Json json(String value) {
    return switch (value) {
      case "true", "True" -> Json.of(true);
      case "false", "False" -> Json.of(false);
      case "null", "None" -> new Json.Null();
      default -> {
        try {
          yield JsonParser.parse(value.getBytes(StandardCharsets.UTF_8));
        } catch (JsonSyntaxException e) {
          yield Json.of(value);
        }
      }
    };
  }
}
