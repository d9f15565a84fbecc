/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sinter.problem.RequestException;
import dev.sinter.testing.Runs;
import dev.sinter.testing.TestData;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Groups that are written out in full are done, or refused before the work starts. */
class DatafreeGroupsTest {
  @TempDir private Path temp;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{num_bits: 4, group_size: 128, actorder: static} | pack-quantized",
        "{num_bits: 4, group_size: 128, actorder: group} | pack-quantized",
        "{num_bits: 8, group_size: 128} | int-quantized",
        "{num_bits: 8, group_size: 128} | dense",
        "{num_bits: 8, strategy: block, block_structure: 100x100} | pack-quantized",
        "{num_bits: 8, type: float, group_size: 64} | naive-quantized",
        "{num_bits: 8, type: float, strategy: channel, observer: mse} | float-quantized",
        "{num_bits: 4, type: float, strategy: tensor_group, group_size: 16,"
            + " scale_dtype: torch.float8_e4m3fn} | dense",
        "{num_bits: 4, type: float, group_size: 32, scale_dtype: torch.uint8} | dense",
      })
  void groupIsDoneOrRefused(String weights, String format) {
    String group = "{targets: [Linear], weights: " + weights + ", format: " + format + "}";

    Throwable thrown =
        catchThrowable(
            () ->
                Runs.run(
                    Runs.request(
                        TestData.tinyLlamaBf16(),
                        temp.resolve("out"),
                        Runs.recipe("QuantizationModifier", "config_groups: {a: " + group + "}"),
                        Optional.empty())));

    if (thrown != null) {
      assertThat(thrown).isInstanceOf(RequestException.class);
    }
  }
}
