/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.checkpoint.FileStores;
import dev.sinter.problem.RequestException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {
  private static TokenizerFiles tiny() throws IOException {
    return TokenizerFiles.read(
        FileStores.at(System.getProperty("sinter.demo-data") + "/tiny-llama-bf16"));
  }

  @Test
  void givesTheIdsOfTransformers() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.open(tiny())) {
      assertThat(tokenizer.encode("")).containsExactly(0);
    }
  }

  @Test
  void saysHowToMakeAMissingTokenizer(@TempDir Path folder) {
    assertThatThrownBy(() -> TokenizerFiles.read(FileStores.at(folder.toString())))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("has no tokenizer.json")
        .hasMessageContaining("save_pretrained");
  }
}
