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
import dev.sinter.graph.Graph;
import dev.sinter.graph.Parameter;
import dev.sinter.graph.Parameter.Storage;
import dev.sinter.graph.Weights;
import dev.sinter.json.Json;
import dev.sinter.weight.CheckpointWeights;
import dev.sinter.weight.DenseTensor;
import dev.sinter.weight.WeightSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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

  public Graph graph(TraceOptions options) {
    ModelConfig config = new ModelConfig(config());
    return Architectures.of(config).orElseThrow().trace(config, options);
  }

  /** The parameters of a graph in the model's type, in the innermost scope. */
  public Weights weights(Graph graph) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(FileStores.at(folder.toString()));
    CheckpointWeights weights = CheckpointWeights.of(checkpoint);
    Map<String, DenseTensor> biases = new HashMap<>();
    weights
        .stacks()
        .values()
        .forEach(stack -> stack.biases().forEach(bias -> biases.put(bias.spec().name(), bias)));
    Map<String, Tensor> parameters = new HashMap<>();
    try (TensorReader reader = new TensorReader(checkpoint.store())) {
      for (Parameter parameter : graph.parameters()) {
        String name = parameter.name();
        String stored =
            checkpoint.tensor(name).isPresent() ? name : graph.ties().getOrDefault(name, name);
        Optional<TensorEntry> entry = checkpoint.tensor(stored);
        Tensor tensor;
        if (entry.isPresent()) {
          tensor = reader.read(entry.get());
        } else if (biases.containsKey(name)) {
          tensor = whole(reader, biases.get(name).matrices().get(0)).view(-1);
        } else {
          String module = name.substring(0, name.length() - ".weight".length());
          tensor = whole(reader, weights.modules().get(module).weight());
        }
        parameters.put(
            name, parameter.storage() == Storage.TRANSPOSED ? tensor.t().contiguous() : tensor);
      }
    }
    return parameters::get;
  }

  private static Tensor whole(TensorReader reader, WeightSource weight) throws IOException {
    return weight.rows(reader, 0, weight.rows());
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
