/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing;

import dev.sinter.architecture.Architectures;
import dev.sinter.architecture.ModelConfig;
import dev.sinter.architecture.TraceOptions;
import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.SafetensorsLayout;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Checkpoints of zeros, for what depends on names and shapes alone. */
public final class SmallCheckpoint {
  /** A Llama of one layer. */
  public static final Json.Obj LLAMA =
      Json.object(
          "model_type", "llama",
          "hidden_size", 64,
          "intermediate_size", 128,
          "num_hidden_layers", 1,
          "num_attention_heads", 4,
          "vocab_size", 32,
          "dtype", "float32");

  private final Json.Obj config;
  private final List<TensorSpec> tensors = new ArrayList<>();

  public SmallCheckpoint(Json.Obj config) {
    this.config = config;
  }

  /** A checkpoint with all tensors that the config asks for. */
  public static SmallCheckpoint complete(Json.Obj config) {
    SmallCheckpoint checkpoint = new SmallCheckpoint(config);
    ModelConfig read = new ModelConfig(config);
    Architectures.of(read)
        .orElseThrow()
        .trace(read, TraceOptions.USUAL)
        .parameters()
        .forEach(
            parameter ->
                checkpoint.tensors.add(
                    new TensorSpec(parameter.name(), DType.F32, parameter.storedShape())));
    return checkpoint;
  }

  public SmallCheckpoint with(String name, DType dtype, long... shape) {
    tensors.removeIf(spec -> spec.name().equals(name));
    tensors.add(new TensorSpec(name, dtype, Shape.of(shape)));
    return this;
  }

  public SmallCheckpoint without(String name) {
    tensors.removeIf(spec -> spec.name().equals(name));
    return this;
  }

  /** Writes the checkpoint into a folder and opens it. */
  public Checkpoint in(Path folder) throws IOException {
    FileStore store = FileStores.at(folder.toString());
    FileStores.write(store, Checkpoint.CONFIG, JsonWriter.pretty(config));
    SafetensorsLayout layout = SafetensorsLayout.of(tensors);
    try (Scope scope = Scope.open();
        TensorWriter writer = new TensorWriter(store, "model.safetensors", layout)) {
      for (TensorSpec spec : layout.tensors()) {
        writer.write(spec, Tensors.zeros(spec.dtype(), spec.shape()));
      }
      writer.commit();
    }
    return Checkpoint.open(store);
  }
}
