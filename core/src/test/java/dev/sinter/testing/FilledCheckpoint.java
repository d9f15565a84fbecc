/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing;

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
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Checkpoints of chosen or random numbers. Holds no native memory. */
public final class FilledCheckpoint {
  private final Json.Obj config;
  private final Map<TensorSpec, byte[]> tensors = new LinkedHashMap<>();

  public FilledCheckpoint(Json.Obj config) {
    this.config = config;
  }

  /** Those bytes as a tensor. */
  public FilledCheckpoint bytes(String name, DType dtype, byte[] content, long... shape) {
    return with(new TensorSpec(name, dtype, Shape.of(shape)), content);
  }

  /** Those numbers, rounded to the type. */
  public FilledCheckpoint floats(String name, DType dtype, float[] values, long... shape) {
    try (Scope scope = Scope.open()) {
      return tensor(name, Tensors.to(Tensors.of(values, shape), dtype));
    }
  }

  /** Normal numbers that depend on the name, about as large as weights are. */
  public FilledCheckpoint random(String name, DType dtype, long... shape) {
    float[] values = RandomTensors.normals(name.hashCode(), Shape.of(shape).elements());
    for (int i = 0; i < values.length; i++) {
      values[i] *= 0.05f;
    }
    return floats(name, dtype, values, shape);
  }

  /** A copy of a tensor. */
  public FilledCheckpoint tensor(String name, Tensor tensor) {
    byte[] content = new byte[Math.toIntExact(tensor.nbytes())];
    Tensors.buffer(tensor).get(content);
    return with(new TensorSpec(name, Tensors.dtype(tensor), Tensors.shape(tensor)), content);
  }

  private FilledCheckpoint with(TensorSpec spec, byte[] content) {
    without(spec.name());
    tensors.put(spec, content);
    return this;
  }

  public FilledCheckpoint without(String name) {
    tensors.keySet().removeIf(spec -> spec.name().equals(name));
    return this;
  }

  /** Writes the checkpoint into a folder and opens it. */
  public Checkpoint in(Path folder) throws IOException {
    FileStore store = FileStores.at(folder.toString());
    FileStores.write(store, Checkpoint.CONFIG, JsonWriter.pretty(config));
    SafetensorsLayout layout = SafetensorsLayout.streamed(java.util.List.copyOf(tensors.keySet()));
    try (TensorWriter writer = new TensorWriter(store, "model.safetensors", layout)) {
      for (TensorSpec spec : layout.tensors()) {
        writer.begin(spec);
        writer.write(ByteBuffer.wrap(tensors.get(spec)));
      }
      writer.commit();
    }
    return Checkpoint.open(store);
  }
}
