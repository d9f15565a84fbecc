/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.json.Json;
import dev.sinter.quantization.QuantizationArgs.ActivationOrder;
import dev.sinter.quantization.QuantizationArgs.Dynamic;
import dev.sinter.quantization.QuantizationArgs.ScaleType;
import dev.sinter.quantization.QuantizationArgs.Type;
import dev.sinter.quantization.QuantizationScheme.Activations;
import dev.sinter.testing.TestData;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class QuantizationArgsReaderTest {

  private static Json.Obj json(String members) {
    String text = "{" + members.replace('\'', '"') + "}";
    return TestData.json(text.getBytes(StandardCharsets.UTF_8));
  }

  private static QuantizationArgs weights(String members) {
    List<String> problems = new ArrayList<>();
    Optional<QuantizationArgs> read =
        QuantizationArgsReader.weights(json(members), (key, text) -> problems.add(text));
    assertThat(problems).isEmpty();
    return read.orElseThrow();
  }

  private static QuantizationArgs inputs(String members) {
    List<String> problems = new ArrayList<>();
    Optional<QuantizationArgs> read =
        QuantizationArgsReader.activations(json(members), (key, text) -> problems.add(text));
    assertThat(problems).isEmpty();
    return read.orElseThrow();
  }

  private static List<String> problems(String members) {
    List<String> problems = new ArrayList<>();
    assertThat(QuantizationArgsReader.weights(json(members), (key, text) -> problems.add(text)))
        .isEmpty();
    return problems;
  }

  @Test
  void defaultsAreThoseOfTheReference() {
    assertThat(weights(""))
        .isEqualTo(
            new QuantizationArgs(
                8,
                Type.INT,
                true,
                new Strategy.Tensor(),
                Dynamic.NO,
                ActivationOrder.UNSET,
                ScaleType.UNSET,
                Observer.MIN_MAX));
    assertThat(
            weights(
                "'num_bits': null, 'type': null, 'symmetric': null, 'group_size': null,"
                    + "'strategy': null, 'block_structure': null, 'dynamic': null,"
                    + "'actorder': null, 'scale_dtype': null, 'zp_dtype': null,"
                    + "'observer': null, 'observer_kwargs': null"))
        .isEqualTo(weights(""));
  }

  static Stream<Object[]> strategies() {
    return Stream.of(
        new Object[] {"", new Strategy.Tensor()},
        new Object[] {"'group_size': -1", new Strategy.Channel()},
        new Object[] {"'group_size': 64", new Strategy.Group(64)},
        new Object[] {"'strategy': 'tensor'", new Strategy.Tensor()},
        new Object[] {"'strategy': 'channel'", new Strategy.Channel()},
        new Object[] {"'strategy': 'CHANNEL', 'group_size': -1", new Strategy.Channel()},
        new Object[] {"'strategy': 'group', 'group_size': 128", new Strategy.Group(128)},
        new Object[] {
          "'strategy': 'block', 'block_structure': [128, 64]", new Strategy.Block(128, 64)
        },
        new Object[] {
          "'strategy': 'block', 'block_structure': '128x128'", new Strategy.Block(128, 128)
        });
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void strategyIsStatedOrFollowsFromTheGroupSize(String members, Strategy strategy) {
    assertThat(weights(members).strategy()).isEqualTo(strategy);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "null, UNSET",
        "false, UNSET",
        "true, GROUP",
        "'group', GROUP",
        "'Group', GROUP",
        "'dynamic', GROUP",
        "'weight', STATIC",
        "'static', STATIC"
      })
  void orderGoesByAllTheReferencesNames(String name, ActivationOrder order) {
    assertThat(weights("'group_size': 32, 'actorder': " + name).actorder()).isEqualTo(order);
  }

  @ParameterizedTest
  @CsvSource({
    "minmax, memoryless_minmax",
    "static_minmax, memoryless_minmax",
    "memoryless-minmax, memoryless_minmax",
    "Memoryless_MinMax, memoryless_minmax",
    "mse, memoryless_mse",
    "MSE, memoryless_mse",
    "memoryless_mse, memoryless_mse",
    "nvfp4-expanded-mse, nvfp4_expanded_mse"
  })
  void observerOfWeightsRemembersNothing(String name, String meant) {
    assertThat(weights("'observer': '" + name + "'").observer().name()).isEqualTo(meant);
  }

  @Test
  void observerKeepsItsSettings() {
    Observer observer =
        weights("'observer': 'mse', 'observer_kwargs': {'norm': 3.0, 'chunk_size': 5}").observer();

    assertThat(observer.settings()).isEqualTo(json("'norm': 3.0, 'chunk_size': 5"));
  }

  @Test
  void inputsMayBeDynamicAndThenHaveNoObserver() {
    QuantizationArgs token = inputs("'strategy': 'token', 'dynamic': true, 'observer': 'minmax'");
    QuantizationArgs local =
        inputs(
            "'num_bits': 4, 'type': 'float', 'strategy': 'tensor_group', 'group_size': 16,"
                + "'dynamic': 'Local', 'scale_dtype': 'torch.float8_e4m3fn'");

    assertThat(token.dynamic()).isEqualTo(Dynamic.YES);
    assertThat(token.observer()).isEqualTo(Observer.NONE);
    assertThat(local.dynamic()).isEqualTo(Dynamic.LOCAL);
    assertThat(local.observer().name()).isEqualTo("static_minmax");
    assertThat(inputs("'observer': 'static_minmax'").observer().name()).isEqualTo("static_minmax");
  }

  static Stream<String> presets() {
    return Stream.of(Presets.names().split(", "));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void readsWhatIsWritten(String name) {
    QuantizationScheme scheme = Presets.named(name);

    assertThat(
            QuantizationArgsReader.weights(
                (Json.Obj) scheme.weights().json(),
                (key, problem) -> assertThat(problem).isEmpty()))
        .contains(scheme.weights());
    if (scheme.inputs() instanceof Activations.Quantized quantized) {
      assertThat(
              QuantizationArgsReader.activations(
                  (Json.Obj) quantized.args().json(),
                  (key, problem) -> assertThat(problem).isEmpty()))
          .contains(quantized.args());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "'bits': 4 | there is no setting \"bits\". The settings are: num_bits, type, symmetric,"
            + " group_size, strategy, block_structure, dynamic, actorder, scale_dtype, zp_dtype,"
            + " observer, observer_kwargs",
        "'num_bit': 4 | there is no setting \"num_bit\". Did you mean num_bits?",
        "'num_bits': '4' | num_bits must be a whole number, not \"4\"",
        "'num_bits': 4.5 | num_bits must be a whole number, not 4.5",
        "'num_bits': 12345678901 | num_bits must be a whole number, not 12345678901",
        "'num_bits': 16 | Integers of 16 bits are not supported: 2 to 8 are",
        "'num_bits': 16, 'type': 'float' | Floats of 16 bits are not supported: 4 (e2m1) and 8"
            + " (e4m3) are",
        "'type': 'fp' | type must be int or float, not fp",
        "'type': 8 | type must be a text, not 8",
        "'symmetric': 'yes' | symmetric must be true or false, not \"yes\"",
        "'type': 'float', 'symmetric': false | Floats have no zero point: they must be symmetric",
        "'strategy': 'group' | strategy group needs a positive group_size",
        "'strategy': 'group', 'group_size': -1 | strategy group needs a positive group_size",
        "'group_size': 0 | strategy group needs a positive group_size",
        "'group_size': -2 | strategy group needs a positive group_size",
        "'strategy': 'tensor_group' | strategy tensor_group needs a positive group_size",
        "'strategy': 'channel', 'group_size': 128 | group_size 128 goes with strategy group, not"
            + " channel",
        "'strategy': 'row' | there is no strategy \"row\". There are: tensor, channel, group,"
            + " tensor_group, block, token, attn_head",
        "'strategy': 'token' | scales by token or by head are for inputs and caches, not for weights",
        "'strategy': 'block' | strategy block and block_structure go together, such as [128, 128]",
        "'block_structure': [1, 1] | strategy block and block_structure go together, such as [128,"
            + " 128]",
        "'strategy': 'block', 'block_structure': [128] | block_structure must be two positive"
            + " sizes, such as [128, 128], not [128]",
        "'strategy': 'block', 'block_structure': [0, 1] | block_structure must be two positive"
            + " sizes, such as [128, 128], not [0,1]",
        "'strategy': 'block', 'block_structure': '128by128' | block_structure must be two positive"
            + " sizes, such as [128, 128], not \"128by128\"",
        "'strategy': 'block', 'block_structure': 'axb' | block_structure must be two positive"
            + " sizes, such as [128, 128], not \"axb\"",
        "'dynamic': true | a weight's scales are stored: dynamic must be false",
        "'dynamic': 'local' | a weight's scales are stored: dynamic must be false",
        "'dynamic': 'global' | dynamic must be true or false, not \"global\"",
        "'group_size': 8, 'actorder': 'up' | actorder must be group, weight or null, not up",
        "'group_size': 8, 'actorder': 1 | actorder must be group, weight or null, not 1",
        "'actorder': 'group' | actorder group needs a strategy with groups; tensor has none",
        "'scale_dtype': 'torch.float16' | scale_dtype must be torch.float8_e4m3fn or torch.uint8,"
            + " not torch.float16",
        "'scale_dtype': 'uint8' | Scales of type torch.uint8 go with floats in groups of 32 (the"
            + " microscaling formats)",
        "'observer': 'mees' | there is no observer \"mees\" for weights. Did you mean mse?"
            + " The observers are: memoryless_minmax, memoryless_mse, nvfp4_expanded_mse,"
            + " imatrix_mse",
        "'observer': 'memoryles_mse' | there is no observer \"memoryles_mse\" for weights. Did you"
            + " mean memoryless_mse? The observers are: memoryless_minmax, memoryless_mse,"
            + " nvfp4_expanded_mse, imatrix_mse",
        "'observer': 'mse', 'observer_kwargs': {'norms': 2} | the observer memoryless_mse has no"
            + " setting \"norms\". Did you mean norm?",
        "'observer': 'minmax', 'observer_kwargs': {'grid': 2} | the observer memoryless_minmax has"
            + " no setting \"grid\".",
        "'observer': 'mse', 'observer_kwargs': {'grid': 0} | the observer's setting grid must be a"
            + " positive number",
        "'observer': 'mse', 'observer_kwargs': {'grid': 'fine'} | the observer's setting grid must"
            + " be a positive number",
        "'observer': 'mse', 'observer_kwargs': {'maxshrink': 1.5} | the observer's setting"
            + " maxshrink must not be above 1, not 1.5",
        "'observer_kwargs': [1] | observer_kwargs must be settings by name, not [1]",
      })
  void whatMeansNothingIsRefused(String members, String message) {
    assertThat(problems(members)).containsExactly(message);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      delimiter = '|',
      value = {
        "'num_bits': 4, 'type': 'float'",
        "'num_bits': 4, 'type': 'float', 'group_size': 16",
        "'num_bits': 4, 'type': 'float', 'strategy': 'tensor_group', 'group_size': 32,"
            + " 'scale_dtype': 'torch.float8_e4m3fn'",
        "'num_bits': 4, 'strategy': 'tensor_group', 'group_size': 16"
      })
  void floatsOfFourBitsHaveOneOfTwoForms(String members) {
    assertThat(problems(members))
        .containsExactly(
            "floats of four bits have strategy tensor_group, group_size 16 and scale_dtype"
                + " torch.float8_e4m3fn (NVFP4), or strategy group, group_size 32 and scale_dtype"
                + " torch.uint8 (MXFP4); tensor_group goes with them alone");
  }

  @Test
  void groupsOfFourBitFloatsTellHowTheirScalesAreStored() {
    assertThat(scaleType("'strategy': 'tensor_group', 'group_size': 16"))
        .isEqualTo(QuantizationArgs.ScaleType.F8_E4M3);
    assertThat(scaleType("'strategy': 'group', 'group_size': 32"))
        .isEqualTo(QuantizationArgs.ScaleType.E8M0);
  }

  private static QuantizationArgs.ScaleType scaleType(String members) {
    return weights("'num_bits': 4, 'type': 'float', " + members).scaleType();
  }

  @Test
  void allProblemsAreSaidAtOnce() {
    assertThat(problems("'num_bits': 'a', 'symmetric': 1, 'type': 'x', 'observer': 'none', 'a': 1"))
        .hasSize(5);
  }

  @Test
  void orderOfColumnsIsNoSettingOfInputs() {
    List<String> problems = new ArrayList<>();

    assertThat(
            QuantizationArgsReader.activations(
                json("'dynamic': true, 'strategy': 'token', 'actorder': 'static'"),
                (key, text) -> problems.add(text)))
        .isEmpty();
    assertThat(problems).containsExactly("actorder is about the columns of weights");
  }
}
