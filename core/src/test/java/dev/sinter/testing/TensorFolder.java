/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.testing;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.checkpoint.TensorReader;
import dev.sinter.checkpoint.TensorWriter;
import dev.sinter.json.Json;
import dev.sinter.tensor.Scope;
import dev.sinter.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a run has written, to be looked at. */
public record TensorFolder(Path path) {

  /** Type, shape and hash of each tensor, whichever file it lies in. */
  public Map<String, String> hashes() throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    for (TensorEntry entry : tensors().values()) {
      String type = entry.spec().dtype().name() + entry.spec().shape();
      hashes.put(entry.name(), type + " " + sha256(entry.name()));
    }
    return hashes;
  }

  /** Where each tensor lies. */
  public Map<String, TensorEntry> tensors() throws IOException {
    return TestData.tensors(path);
  }

  public byte[] bytes(String tensor) throws IOException {
    return TestData.bytes(path, tensors().get(tensor));
  }

  public String sha256(String tensor) throws IOException {
    return TensorWriter.sha256Hex(bytes(tensor));
  }

  /** A tensor's elements as floats. */
  public float[] floats(String tensor) throws IOException {
    try (Scope scope = Scope.open();
        TensorReader reader = new TensorReader(FileStores.at(path.toString()))) {
      return Tensors.floats(reader.read(tensors().get(tensor)));
    }
  }

  public Json.Obj config() {
    return TestData.json(path.resolve(Checkpoint.CONFIG));
  }

  /** What the config says of codes. */
  public Optional<Json.Obj> quantization() {
    return config().member("quantization_config").map(Json.Obj.class::cast);
  }

  public Checkpoint open() throws IOException {
    return Checkpoint.open(FileStores.at(path.toString()));
  }
}
