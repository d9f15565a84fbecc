/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.checkpoint.FileStores;
import dev.sinter.cli.PeersArguments.Argument;
import dev.sinter.cli.PeersArguments.AsBefore;
import dev.sinter.cli.PeersArguments.OtherPlan;
import dev.sinter.cli.PeersArguments.OtherRun;
import dev.sinter.cli.PeersArguments.Planned;
import dev.sinter.cli.PeersArguments.Refused;
import dev.sinter.cli.PeersArguments.Said;
import dev.sinter.cli.PeersArguments.Written;
import dev.sinter.json.Json;
import dev.sinter.json.JsonParser;
import dev.sinter.json.JsonSyntaxException;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an argument of llm-compressor's does that is not refused: the plan or the run has it. */
class PeersEffectsTest {
  /** A model with experts, so that their flags matter. */
  private static final String EXPERTS = TestData.golden().resolve("models/mixtral-fp32").toString();

  private static final String RECIPE =
      """
      args: {a: 8}
      quant_stage:
        quant_modifiers:
          GPTQModifier:
            ignore: [lm_head]
            config_groups:
              all:
                targets: [Linear]
                weights: {num_bits: eval(a), strategy: channel}
      late_stage:
        late_modifiers:
          QuantizationModifier:
            targets: [Embedding]
            scheme: W8A16
      """;

  @TempDir private Path temp;

  @BeforeAll
  static void makeOtherTokenizer() throws IOException {
    Path folder = Files.createDirectories(Path.of(PeersArguments.OTHER));
    Files.writeString(folder.resolve("tokenizer.json"), "{}");
  }

  static Stream<Argument> understood() {
    return PeersArguments.all().filter(argument -> !(argument.answer() instanceof Refused));
  }

  private static SinterRun sinter(String command, Map<String, String> given, List<String> more) {
    List<String> args = new ArrayList<>(List.of(command));
    given.forEach((name, value) -> args.add("--" + name + "=" + value));
    args.addAll(more);
    return SinterRun.of(args.toArray(String[]::new));
  }

  private SinterRun plan(Argument... arguments) {
    Map<String, String> given =
        new HashMap<>(
            Map.of("model", EXPERTS, "recipe", RECIPE, "dataset", "c4", "max_seq_length", "64"));
    for (Argument argument : arguments) {
      given.put(argument.field(), argument.value());
    }
    return sinter("plan", given, List.of("--json", "--graph"));
  }

  private Path output(Argument... arguments) throws IOException {
    Map<String, String> given =
        new HashMap<>(
            Map.of(
                "model",
                PeersArguments.MODEL,
                "recipe",
                "oneshot/w4a16",
                "output_dir",
                Files.createTempDirectory(temp, "out").toString()));
    for (Argument argument : arguments) {
      given.put(argument.field(), argument.value());
    }
    Path output = Path.of(given.get("output_dir"));
    FileStores.at(output.toString()).deleteAll();
    SinterRun run = sinter("oneshot", given, List.of("--master=local[1]"));
    assertThat(run.code()).describedAs(run.err()).isZero();
    return output;
  }

  private Json identity(Argument... arguments) throws IOException {
    return at(TestData.json(output(arguments).resolve("sinter.json")), "identity");
  }

  private static Json at(Json value, String path) {
    Json found = value;
    for (String name : path.split("\\.", -1)) {
      assertThat(((Json.Obj) found).members()).containsKey(name);
      found = ((Json.Obj) found).members().get(name);
    }
    return found;
  }

  private static Json json(SinterRun run) throws JsonSyntaxException {
    assertThat(run.code()).describedAs(run.err()).isZero();
    return JsonParser.parse(run.out().getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @MethodSource("understood")
  void hasTheEffectThatItAsksFor(Argument argument) throws Exception {
    if (argument.answer() instanceof Planned planned) {
      assertThat(at(json(plan(argument)), planned.path())).isEqualTo(planned.value());
    } else if (argument.answer() instanceof OtherPlan) {
      assertThat(json(plan(argument))).isNotEqualTo(json(plan()));
    } else if (argument.answer() instanceof AsBefore) {
      assertThat(plan(argument)).isEqualTo(plan());
    } else if (argument.answer() instanceof Said said) {
      assertThat(plan(argument).err()).contains(said.text());
      assertThat(plan().err()).doesNotContain(said.text());
    } else if (argument.answer() instanceof Written written) {
      assertThat(at(identity(argument), written.path())).isEqualTo(written.value());
    } else {
      assertThat(argument.answer()).isInstanceOf(OtherRun.class);
      assertThat(identity(argument)).isNotEqualTo(identity());
    }
  }
}
