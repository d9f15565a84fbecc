/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing;

import dev.sinter.architecture.Architectures;
import dev.sinter.architecture.ModelConfig;
import dev.sinter.architecture.TraceOptions;
import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.SafetensorsHeader;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.forward.ParameterCheck;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Weights;
import dev.sinter.json.Json;
import dev.sinter.weight.CheckpointWeights;
import java.io.IOException;
import java.io.UncheckedIOException;
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
    return graph(TraceOptions.USUAL);
  }

  /** The graph with the names that the checkpoint has. */
  public Graph graph(TraceOptions options) {
    ModelConfig config = new ModelConfig(config());
    TraceOptions named = new TraceOptions(options.experts(), checkpoint().tensors().keySet());
    return Architectures.of(config).orElseThrow().trace(config, named);
  }

  public Checkpoint checkpoint() {
    try {
      return Checkpoint.open(FileStores.at(folder.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The parameters of a graph in the model's type, in the innermost scope. */
  public Weights weights(Graph graph) throws IOException {
    Checkpoint checkpoint = checkpoint();
    Map<String, Tensor> parameters = new HashMap<>();
    try (TensorReader reader = new TensorReader(checkpoint.store())) {
      for (var source :
          ParameterCheck.entries(graph, checkpoint, CheckpointWeights.of(checkpoint)).entrySet()) {
        parameters.put(source.getKey(), source.getValue().read(reader));
      }
    }
    return parameters::get;
  }

  /** {@code input_ids}, {@code logits} and {@code hidden_0} to n, in the innermost scope. */
  public Map<String, Tensor> reference() throws IOException {
    var store = FileStores.at(TestData.references().toString());
    Map<String, Tensor> tensors = new HashMap<>();
    try (TensorReader reader = new TensorReader(store)) {
      String file = folder.getFileName() + ".safetensors";
      for (TensorEntry entry : SafetensorsHeader.read(store, file).tensors()) {
        tensors.put(entry.name(), reader.read(entry));
      }
    }
    return tensors;
  }
}
