/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing;

import dev.sinter.architecture.Architectures;
import dev.sinter.architecture.ModelConfig;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.SafetensorsHeader;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Weights;
import dev.sinter.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** A small model of the golden data, with what Transformers computed for it. */
public record GoldenModel(Path folder) {
  public static GoldenModel named(String name) {
    return new GoldenModel(TestData.golden().resolve("models").resolve(name));
  }

  public Json.Obj config() {
    return TestData.json(folder.resolve("config.json"));
  }

  public Graph graph() {
    ModelConfig config = new ModelConfig(config());
    return Architectures.of(config).orElseThrow().trace(config);
  }

  /** The parameters, a tied head's too, in the innermost scope. */
  public Weights weights() throws IOException {
    Map<String, Tensor> parameters = read("model.safetensors");
    if (config().members().get("tie_word_embeddings").equals(new Json.Bool(true))) {
      parameters.put("lm_head.weight", parameters.get("model.embed_tokens.weight"));
    }
    return parameters::get;
  }

  /** {@code input_ids}, {@code logits} and {@code hidden_0} to n, in the innermost scope. */
  public Map<String, Tensor> reference() throws IOException {
    return read("reference.safetensors");
  }

  private Map<String, Tensor> read(String file) throws IOException {
    var store = FileStores.at(folder.toString());
    Map<String, Tensor> tensors = new HashMap<>();
    try (TensorReader reader = new TensorReader(store)) {
      for (TensorEntry entry : SafetensorsHeader.read(store, file).tensors()) {
        tensors.put(entry.name(), reader.read(entry));
      }
    }
    return tensors;
  }
}
